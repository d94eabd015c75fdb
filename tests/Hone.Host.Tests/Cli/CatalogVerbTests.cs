using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Hone.Learning;
using Hone.Trading.Features;

namespace Hone.Host.Tests.Cli;

public sealed class CatalogVerbTests
{
    private static readonly string[] Kinds = ["learners", "regressors", "detectors", "data-drift", "calibrators", "conformal", "bandits", "anomaly", "features", "labels", "regimes", "agents", "costs", "strategies"];

    [Theory]
    [InlineData("labels")]
    [InlineData("strategies")]
    public void A_kind_reads_as_it_did(string kind)
    {
        var run = CommandLine.Run("catalog", kind);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Expectation.Holds($"catalog {kind}", run.Out);
    }

    [Fact]
    public void The_whole_catalog_is_one_object_with_every_kind()
    {
        var root = CommandLine.Run("catalog", "--json").Json();

        Assert.Equal(Kinds.Select(k => k.Replace('-', '_')), root.EnumerateObject().Select(p => p.Name));
        Assert.All(root.EnumerateObject(), kind => Assert.NotEqual(0, kind.Value.GetArrayLength()));
        AssertSnakeCase(root);
    }

    [Fact]
    public void One_kind_alone_is_an_object_with_that_kind()
        => Assert.Equal(["costs"], CommandLine.Run("catalog", "costs", "--json").Json().EnumerateObject().Select(p => p.Name));

    [Fact]
    public void An_option_comes_with_default_range_choices_and_meaning()
    {
        var direction = CommandLine.Run("catalog", "labels", "--json").Json().GetProperty("labels")[0];
        var horizon = direction.GetProperty("options").EnumerateArray().Single(o => o.GetProperty("name").GetString() == "horizon");
        var flat = direction.GetProperty("options").EnumerateArray().Single(o => o.GetProperty("name").GetString() == "flat");

        Assert.Equal((12, 1, 100_000), (horizon.GetProperty("default").GetInt32(), horizon.GetProperty("min").GetInt32(), horizon.GetProperty("max").GetInt32()));
        Assert.Equal("Bars from the question to the label.", horizon.GetProperty("meaning").GetString());
        Assert.Equal(["half-weight", "three-class"], flat.GetProperty("values").EnumerateArray().Select(v => v.GetString()!));
        Assert.Equal("half-weight", flat.GetProperty("default").GetString());
    }

    [Fact]
    public void A_learner_around_others_shows_whom_it_names_on_one_line_and_as_a_config_does()
    {
        var learners = CommandLine.Run("catalog", "learners", "--json").Json().GetProperty("learners").EnumerateArray();
        var options = learners.Single(e => e.GetProperty("name").GetString() == "expert-weighting").GetProperty("options").EnumerateArray().ToArray();
        var names = options.Single(o => o.GetProperty("name").GetString() == "learners").GetProperty("default").EnumerateArray().Select(n => n.GetString()).ToArray();

        Assert.True(names.Length > 1);
        Assert.Contains($"learners   [\"{string.Join("\",\"", names)}\"]", CommandLine.Run("catalog", "learners").Out);
    }

    [Fact]
    public void Every_feature_is_listed_with_warm_up_stride_and_formula()
    {
        var blocks = CommandLine.Run("catalog", "features", "--json").Json().GetProperty("features").EnumerateArray();
        var features = blocks.SelectMany(b => b.GetProperty("features").EnumerateArray()).ToArray();

        Assert.True(features.Length > 50);
        Assert.Equal(features.Length, features.Select(f => f.GetProperty("name").GetString()).Distinct().Count());
        Assert.All(features, f => Assert.True(f.GetProperty("warm_up_bars").GetInt32() > 0 && f.GetProperty("stride_bars").GetInt32() > 0 && f.GetProperty("source").GetString()!.Length > 0));
        var text = CommandLine.Run("catalog", "features").Out;
        Assert.All(features, f => Assert.Contains($"    {f.GetProperty("name").GetString()} ", text));
    }

    [Fact]
    public void Entries_of_a_users_own_program_are_listed_with_their_options()
    {
        var run = CommandLine.Run(
            catalog =>
            {
                catalog.Features.Add(CatalogEntry<FeatureContext, IFeatureBlock>.Of<NeedyOptions>("needy", "Needs a column.", (context, _) => throw new InvalidOptionsException($"no column among {context.ExtraColumns.Count}")));
            },
            "catalog", "features");

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"needy\n  Needs a column\.\n    look_back +20 +1…500", run.Out);
        Assert.Contains("its features depend on the columns of the data", run.Out);
    }

    private static void AssertSnakeCase(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
            foreach (var item in element.EnumerateArray())
                AssertSnakeCase(item);
        if (element.ValueKind == JsonValueKind.Object)
            foreach (var property in element.EnumerateObject())
            {
                Assert.Matches("^[a-z][a-z0-9_]*$", property.Name);
                AssertSnakeCase(property.Value);
            }
    }

    private sealed record NeedyOptions
    {
        /// <summary>Bars that are looked at.</summary>
        [Range(1, 500)] public int LookBack { get; init; } = 20;
    }
}
