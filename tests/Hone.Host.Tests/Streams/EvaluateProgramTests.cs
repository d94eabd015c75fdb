using System.Text.Json;
using Hone.Host.Streams;
using Hone.Host.Cli;
using Hone.Learning;
using Hone.Learning.Anomaly;
using Hone.Learning.Conformal;
using Hone.Learning.State;
using Hone.Trading;

namespace Hone.Host.Tests.Streams;

/// <summary>hone evaluate on small streams: figures that can be checked by hand, keys to the letter.</summary>
public sealed class EvaluateProgramTests : IDisposable
{
    private static readonly string[] ClassKeys =
    [
        "learner", "stream", "instances", "accuracy", "kappa", "kappa_m", "kappa_temporal", "accuracy_no_change", "accuracy_majority", "log_loss", "auc", "coverage_90", "set_size_90",
        "seconds", "instances_per_second", "allocated_bytes_per_instance", "memory_bytes", "drifts", "state_hash",
    ];

    private static readonly string[] NumberKeys =
    [
        "learner", "stream", "instances", "mae", "rmse", "r2", "mae_last_value", "mae_mean", "coverage_90", "interval_width_90",
        "seconds", "instances_per_second", "allocated_bytes_per_instance", "memory_bytes", "drifts", "state_hash",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_learner_prints_the_keys_of_the_contract_and_nothing_else()
    {
        var root = Evaluate(Threshold(400), "logistic-regression");

        Assert.Equal(ClassKeys, root.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("logistic-regression", "s", 400), (root.GetProperty("learner").GetString(), root.GetProperty("stream").GetString(), root.GetProperty("instances").GetInt32()));
        Assert.True(root.GetProperty("accuracy").GetDouble() > 0.9);
        Assert.True(root.GetProperty("auc").GetDouble() > 0.95);
        Assert.Equal(0, root.GetProperty("allocated_bytes_per_instance").GetDouble());
        Assert.Equal(400 / root.GetProperty("seconds").GetDouble(), root.GetProperty("instances_per_second").GetDouble());
        Assert.Matches("^[0-9a-f]{32}$", root.GetProperty("state_hash").GetString());
    }

    [Fact]
    public void Several_learners_are_results_in_the_order_in_which_they_were_named()
    {
        var root = Evaluate(Threshold(100), "majority,passive-aggressive,no-change");

        Assert.Equal(["stream", "results"], root.EnumerateObject().Select(p => p.Name));
        Assert.Equal(["majority", "passive-aggressive", "no-change"], root.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("learner").GetString()));
        Assert.All(root.GetProperty("results").EnumerateArray(), r => Assert.Equal(ClassKeys, r.EnumerateObject().Select(p => p.Name)));
    }

    [Fact]
    public void All_is_every_learner_of_the_catalog()
        => Assert.Equal(Catalog.BuiltIn().Learners.Select(e => e.Name),
            Evaluate(Threshold(60), "all").GetProperty("results").EnumerateArray().Select(r => r.GetProperty("learner").GetString()));

    /// <summary>Labels 0 1 1 0 1 0, one row late: what is known is 0 (nothing), nothing, 0, 1, 1, 0.</summary>
    [Fact]
    public void By_hand_with_a_delay_of_one_row()
    {
        var root = Evaluate("a,y\n1,0\n1,1\n1,1\n1,0\n1,1\n1,0\n", "no-change", a => a with { DelayRows = 1 });

        Assert.Equal(3 / 6.0, root.GetProperty("accuracy").GetDouble());
        Assert.Equal(3 / 6.0, root.GetProperty("accuracy_no_change").GetDouble());
        // The most frequent of what is known: nothing, nothing, 0, 0 (of 0 and 1), 1 (of 0 1 1), 0 (of 0 1 1 0).
        Assert.Equal(4 / 6.0, root.GetProperty("accuracy_majority").GetDouble());
        Assert.Equal(0, root.GetProperty("kappa_temporal").GetDouble());
    }

    [Fact]
    public void A_delay_column_gives_the_figures_and_the_state_of_the_same_delay()
    {
        var text = Threshold(300);
        var plain = Evaluate(text, "logistic-regression", a => a with { DelayRows = 7 });
        var column = Evaluate(WithColumn(text, "late", _ => "7"), "logistic-regression", a => a with { DelayColumn = "late" });
        var start = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var times = Evaluate(WithColumn(WithColumn(text, "at", i => $"{start.AddHours(i):s}Z"), "known", i => $"{start.AddHours(i + 7.5):s}Z"), "logistic-regression", a => a with { DelayColumn = "known" });
        var now = Evaluate(text, "logistic-regression");

        foreach (var key in (string[])["accuracy", "kappa_temporal", "accuracy_no_change", "accuracy_majority", "log_loss", "state_hash"])
        {
            Assert.Equal(plain.GetProperty(key).ToString(), column.GetProperty(key).ToString());
            // What becomes known half an hour after the last row is known after row t + 7 for a delay in rows, and never for one in time: only the state sees it.
            if (key != "state_hash")
                Assert.Equal(plain.GetProperty(key).ToString(), times.GetProperty(key).ToString());
        }
        Assert.NotEqual(plain.GetProperty("state_hash").GetString(), now.GetProperty("state_hash").GetString());
    }

    [Fact]
    public void Regression_has_its_own_keys_and_figures()
    {
        var root = Evaluate("a,y\n1,2\n1,4\n1,9\n1,1\n", "zero", a => a with { Task = Adapters.Streams.StreamTask.Regression });

        Assert.Equal(NumberKeys, root.EnumerateObject().Select(p => p.Name));
        Assert.Equal(4, root.GetProperty("mae").GetDouble());
        Assert.Equal(Math.Sqrt(102 / 4.0), root.GetProperty("rmse").GetDouble(), 12);
        Assert.Equal(1 - 102 / 38.0, root.GetProperty("r2").GetDouble(), 12);
        Assert.Equal((2 + 2 + 5 + 8) / 4.0, root.GetProperty("mae_last_value").GetDouble());
        Assert.Equal((2 + 2 + 6 + 4) / 4.0, root.GetProperty("mae_mean").GetDouble());
    }

    [Fact]
    public void A_detector_of_anomalies_has_an_auc_and_no_accuracy()
    {
        var root = Evaluate("a,y\n0.1,0\n0.2,0\n0.9,1\n0.3,0\n0.25,1\n", "value");

        Assert.Equal(ClassKeys, root.EnumerateObject().Select(p => p.Name));
        Assert.Equal(JsonValueKind.Null, root.GetProperty("accuracy").ValueKind);
        Assert.Equal(5 / 6.0, root.GetProperty("auc").GetDouble(), 12);
        Assert.Equal(0.4, root.GetProperty("accuracy_no_change").GetDouble());
    }

    [Fact]
    public void Coverage_counts_what_fell_within_the_bound()
    {
        // The bound is always a half: class 0 with 0.6 is in the set, class 1 with 0.4 is not.
        var score = new CoverageScore(new Half(0.9));
        foreach (var label in (int[])[0, 1, 0, 0])
            score.AddClasses([0.6, 0.4], label);
        Assert.Equal((0.75, 1), (score.Coverage, score.Size));

        // The method of the catalog, among fair coins: nine of ten sets hold the label.
        var root = Evaluate("a,y\n" + string.Concat(Enumerable.Range(0, 2_000).Select(i => $"{i % 7},{(i * 7919 >> 3) & 1}\n")), "majority");
        Assert.InRange(root.GetProperty("coverage_90").GetDouble(), 0.85, 0.95);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(700)]
    public void Drifts_are_rows_with_detector_and_statistic_once_the_change_can_be_known(int delay)
    {
        var text = "a,y\n" + string.Concat(Enumerable.Range(0, 4_000).Select(i => $"{(i * 37 % 100) / 100.0},{((i * 37 % 100 >= 50) ^ (i >= 2_000) ? 1 : 0)}\n"));

        var drift = Evaluate(text, "slow", a => a with { DelayRows = delay }).GetProperty("drifts").EnumerateArray().First(d => d.GetProperty("row").GetInt32() >= 1_500);

        Assert.Equal(["row", "detector", "statistic"], drift.EnumerateObject().Select(p => p.Name));
        Assert.InRange(drift.GetProperty("row").GetInt32(), 2_000 + delay, 2_200 + delay);
        Assert.Equal("adwin", drift.GetProperty("detector").GetString());
    }

    [Fact]
    public void Threads_change_nothing_but_the_time()
    {
        var text = Threshold(1_000);
        var alone = Evaluate(text, "parts");
        var together = Evaluate(text, "parts", a => a with { Threads = 3 });

        foreach (var key in (string[])["accuracy", "log_loss", "state_hash", "drifts"])
            Assert.Equal(alone.GetProperty(key).ToString(), together.GetProperty(key).ToString());
        Assert.True(Parts.Blocks > 0);
    }

    [Fact]
    public void The_seed_reaches_the_learner_and_the_same_seed_gives_the_same_state()
    {
        string Hash(ulong seed) => Evaluate(Threshold(200), "mlp", a => a with { Seed = seed }).GetProperty("state_hash").GetString()!;

        Assert.Equal(Hash(1), Hash(1));
        Assert.NotEqual(Hash(1), Hash(2));
    }

    [Fact]
    public void Options_go_to_the_one_learner_or_by_name_to_several()
    {
        var text = Threshold(200);
        string Hash(JsonElement root) => root.GetProperty("state_hash").GetString()!;
        var plain = Hash(Evaluate(text, "passive-aggressive"));
        var one = Hash(Evaluate(text, "passive-aggressive", a => a with { Options = """{"variant":"pa"}""" }));
        var several = Evaluate(text, "majority,passive-aggressive", a => a with { Options = """{"passive-aggressive":{"variant":"pa"}}""" });

        Assert.NotEqual(plain, one);
        Assert.Equal(one, Hash(several.GetProperty("results")[1]));
    }

    [Fact]
    public void The_table_ranks_learners_with_the_baselines_and_says_who_is_below()
    {
        var (output, error) = Text("a,y\n" + string.Concat(Enumerable.Range(0, 200).Select(i => $"{i * 7919 % 13},{i / 20 % 2}\n")), "majority,leaning");

        Assert.Contains("No learner is above no-change: ", output);
        var rows = output.Split('\n').Where(l => l.StartsWith("│ ", StringComparison.Ordinal)).Skip(1).ToArray();
        Assert.Equal(["no-change (baseline)", "leaning", "majority"], rows.Select(r => r.Split('│')[1].Trim()).Take(1).Concat(rows.Skip(1).Select(r => r.Split('│')[1].Trim()).Order()));
        Assert.Equal([false, true, true], rows.Select(r => r.Contains('▼')));
        Assert.Contains("▼ below no-change: repeating the last known label is right more often.", output);
        Assert.Contains($"report   {Path.Combine(_folder["out"], "report.html")}", output);
        Assert.Equal("", error);
        Assert.Equal(["report.html", "summary.json"], Directory.GetFiles(_folder["out"]).Select(f => Path.GetFileName(f)!).Order());
    }

    [Fact]
    public void The_file_beside_the_report_says_how_the_figures_came_about()
    {
        Evaluate("a,wind,y\n1,N,0\n2,S,1\n3,N,?\n4,S,1\n", "majority", a => a with { DelayRows = 2, Seed = 9 });
        var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder["out"], "summary.json"))).RootElement;

        Assert.Equal("classification", file.GetProperty("task").GetString());
        Assert.Equal("after 2 further rows", file.GetProperty("labels_known").GetString());
        Assert.Equal(9, file.GetProperty("seed").GetInt32());
        Assert.Equal(1, file.GetProperty("rows_without_target").GetInt32());
        Assert.Equal(["a", "wind=N", "wind=S"], file.GetProperty("features").EnumerateArray().Select(f => f.GetString()));
        Assert.Equal(2, file.GetProperty("notices").GetArrayLength());
        Assert.Equal(JsonValueKind.Object, file.GetProperty("results")[0].GetProperty("options").ValueKind);
    }

    [Fact]
    public void A_learner_that_reached_its_limit_says_so()
    {
        var (output, _) = Text(Threshold(20), "leaning");

        Assert.Contains("warning: leaning: it leans as far as it can", output);
    }

    [Fact]
    public void Baselines_alone_are_not_compared_with_themselves()
        => Assert.Contains("Only baselines ran: no-change is right in ", Text(Threshold(20), "majority,no-change").Output);

    [Fact]
    public void A_delay_longer_than_the_stream_is_warned_about()
        => Assert.Contains("warning: no label becomes known within the stream: nothing was learned", Run(Threshold(20), "majority", a => a with { DelayRows = 20 }, json: false).Output);

    [Fact]
    public void The_last_value_as_a_regressor_gains_nothing_over_itself()
    {
        var (output, _) = Text("a,y\n" + string.Concat(Enumerable.Range(0, 300).Select(i => FormattableString.Invariant($"{i},{10 + i * 0.1 + i % 3 * 0.01}\n"))), "last-value,zero");

        Assert.Contains("No learner is better than the last value: zero ", output);
        var rows = output.Split('\n').Where(l => l.StartsWith("│ ", StringComparison.Ordinal)).Skip(1).ToArray();
        Assert.Equal([("last-value", false), ("running-mean (baseline)", false), ("zero", true)], rows.Select(r => (r.Split('│')[1].Trim(), r.Contains('▼'))));
        Assert.Contains("warning: learners are given the features of a row and no earlier target, which here says more", output);
    }

    [Fact]
    public void Predictions_before_any_target_is_known_are_named_where_they_are_most_of_the_squared_error()
    {
        string Of(int delay) => Run("a,y\n" + string.Concat(Enumerable.Range(0, 300).Select(i => FormattableString.Invariant($"{i % 7},{100 + i % 7 + 0.5}\n"))), "linear-regression", a => a with { DelayRows = delay }, json: false).Output;

        Assert.Contains("warning: the first row is predicted before any target is known and makes ", Of(0));
        Assert.Contains("warning: the first 5 rows are predicted before any target is known and make ", Of(4));
        Assert.DoesNotContain("before any target is known", Run("a,y\n" + string.Concat(Enumerable.Range(0, 300).Select(i => FormattableString.Invariant($"1,{i % 2 - 0.5}\n"))), "linear-regression", a => a, json: false).Output);
    }

    [Fact]
    public void A_log_loss_above_that_of_equal_probabilities_is_warned_about()
    {
        var (output, _) = Text("a,y\n" + string.Concat(Enumerable.Range(0, 600).Select(i => $"{i},{(i % 10 == 0 ? 0 : 1)}\n")), "leaning,majority");

        Assert.Contains("warning: log-loss above 0.6931, that of equal probabilities for all classes: leaning; ", output);
    }

    [Fact]
    public void Threads_that_late_labels_leave_without_work_are_said_to_be_unused()
    {
        string Of(int delay) => Run(Threshold(40), "parts", a => a with { DelayRows = delay, Threads = 2 }, json: false).Output;

        Assert.Contains("warning: --threads is not used: ", Of(3));
        Assert.DoesNotContain("--threads", Of(0));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_refused_before_anything_is_read()
    {
        var file = _folder.Write("taken", "");

        var problem = Assert.Throws<VerbException>(() => Evaluate("no table", "majority", a => a with { Out = file }));

        Assert.StartsWith($"--out {file}: nothing can be written there (", problem.Message);
        Assert.Equal(2, problem.ExitCode);
    }

    [Fact]
    public void A_learner_that_is_not_the_same_twice_is_not_reported()
    {
        var problem = Assert.Throws<VerbException>(() => Evaluate(Threshold(20), "fickle"));

        Assert.StartsWith("fickle: two passes over the same rows end in the states ", problem.Message);
        Assert.Equal(1, problem.ExitCode);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public void A_stop_leaves_nothing_behind()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Assert.Throws<OperationCanceledException>(() => Run(Threshold(20), "majority", a => a, json: true, cancel: stop.Token));
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Theory]
    [InlineData("nothing", null, "there is no learner 'nothing'. Known: no-change, majority, ")]
    [InlineData("majorty", null, "there is no learner 'majorty'; did you mean 'majority'? Known: no-change, ")]
    [InlineData("majority,majority", null, "--learner names 'majority' twice; once is enough.")]
    [InlineData(",", null, "--learner names no learner; `hone catalog learners` lists them.")]
    [InlineData("zero", null, "'zero' predicts a number, and 'y' is taken for 2 classes; give --task regression, or one of no-change, ")]
    [InlineData("majority", "{", "--options is no JSON: ")]
    [InlineData("majority", "[1]", "--options must be a JSON object like '{\"members\": 20}'.")]
    [InlineData("majority", "{\"members\":1}", "The options of 'majority' cannot be read: there is no option 'members'; it has smoothing, memory.")]
    [InlineData("majority,mlp", "{\"members\":1}", "--options has 'members', which is none of the learners; with several learners it is an object by name: '{\"majority\": {…}}'.")]
    [InlineData("majority,mlp", "{\"mlp\":1}", "--options: what stands under 'mlp' must be an object of its options.")]
    public void Learners_and_options_that_do_not_exist_are_refused(string learners, string? options, string expected)
    {
        var problem = Assert.ThrowsAny<Exception>(() => Evaluate(Threshold(20), learners, a => a with { Options = options }));

        Assert.StartsWith(expected, problem.Message);
        Assert.True(problem is VerbException { ExitCode: 2 } or InvalidOptionsException, problem.ToString());
    }

    [Fact]
    public void Learners_of_another_task_are_refused_with_the_way_out()
    {
        string Problem(string text, string learners) => Assert.Throws<VerbException>(() => Evaluate(text, learners)).Message;

        Assert.StartsWith("'majority' predicts classes, and 'y' is a number; give --task classification, or one of ", Problem("a,y\n1,0.5\n2,1.5\n", "majority"));
        Assert.Equal("'value' detects anomalies, which is scored against a target of two classes; 'y' has 3 classes.", Problem("a,y\n1,0\n2,1\n3,2\n", "value"));
        Assert.Equal("'value' detects anomalies, which is scored against a target of two classes; 'y' is a number.", Problem("a,y\n1,0.5\n2,1.5\n", "value"));
    }

    private static string Threshold(int rows) => "a,b,y\n" + string.Concat(Enumerable.Range(0, rows).Select(i => FormattableString.Invariant($"{i * 37 % 100 / 100.0},{i * 61 % 53 / 53.0},{(i * 37 % 100 >= 50 ? 1 : 0)}\n")));

    private static string WithColumn(string text, string name, Func<int, string> value)
        => string.Join('\n', text.TrimEnd().Split('\n').Select((line, i) => i == 0 ? $"{name},{line}" : $"{value(i - 1)},{line}")) + "\n";

    private JsonElement Evaluate(string text, string learners, Func<EvaluateArguments, EvaluateArguments>? arguments = null, Action<Catalog>? extend = null)
        => JsonDocument.Parse(Run(text, learners, arguments ?? (a => a), json: true, extend).Output).RootElement;

    private (string Output, string Error) Text(string text, string learners) => Run(text, learners, a => a, json: false);

    private (string Output, string Error) Run(string text, string learners, Func<EvaluateArguments, EvaluateArguments> arguments, bool json, Action<Catalog>? extend = null, CancellationToken cancel = default)
    {
        var catalog = TradingCatalog.BuiltIn();
        var stubs = catalog.Learning;
        if (learners != "all")
        {
            stubs.Learners.Add(CatalogEntry<LearnerShape, IClassifier>.Of<StubOptions>("leaning", "Leans to class 0.", (shape, _) => new Leaning(shape)));
            stubs.Learners.Add(CatalogEntry<LearnerShape, IClassifier>.Of<StubOptions>("slow", "Learns the first thousand rows.", (shape, _) => new Slow(shape, stubs)));
            stubs.Learners.Add(CatalogEntry<LearnerShape, IClassifier>.Of<StubOptions>("fickle", "Is never the same.", (shape, _) => new Fickle(shape)));
            stubs.Learners.Add(CatalogEntry<LearnerShape, IClassifier>.Of<StubOptions>("parts", "Has parts.", (shape, _) => new Parts(shape, stubs)));
            stubs.Regressors.Add(CatalogEntry<RegressorShape, IRegressor>.Of<StubOptions>("zero", "Always says zero.", (shape, _) => new Zero(shape)));
            stubs.Anomaly.Add(CatalogEntry<RegressorShape, IAnomalyDetector>.Of<StubOptions>("value", "The first value.", (shape, _) => new FirstValue(shape)));
        }
        extend?.Invoke(stubs);
        using var output = new StringWriter();
        using var error = new StringWriter();
        var given = arguments(new() { Stream = _folder.Write("s.csv", text), Target = "y", Learners = learners, Out = _folder["out"], WarmUpSeconds = 0 });
        new EvaluateProgram(new(catalog, output, error, cancel), given, json).Execute();
        return (output.ToString(), error.ToString());
    }

    private sealed record StubOptions;

    private abstract class Stub(LearnerShape shape) : IClassifier
    {
        public int Features => shape.Features;

        public int Classes => shape.Classes;

        public virtual void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
        {
            probabilities.Clear();
            (probabilities[0], probabilities[1]) = (0.6, 0.4);
        }

        public virtual void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
        {
        }

        public virtual void Save(StateWriter writer)
        {
        }

        public void Load(StateReader reader)
        {
        }
    }

    private sealed class Leaning(LearnerShape shape) : Stub(shape), ILimited
    {
        public string LimitReached => "it leans as far as it can";
    }

    private sealed class Fickle(LearnerShape shape) : Stub(shape)
    {
        public override void Save(StateWriter writer) => writer.Write(Guid.NewGuid().ToString());
    }

    private sealed class Slow(LearnerShape shape, Catalog catalog) : Stub(shape)
    {
        private readonly IClassifier _inner = catalog.Learners["logistic-regression"].Create(shape);
        private int _seen;

        public override void Predict(ReadOnlySpan<double> x, Span<double> probabilities) => _inner.Predict(x, probabilities);

        public override void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
        {
            if (_seen++ < 1_000)
                _inner.Learn(x, label, weight);
        }
    }

    /// <summary>Two learners of different seeds whose mean counts.</summary>
    private sealed class Parts(LearnerShape shape, Catalog catalog) : Stub(shape), IBlockClassifier
    {
        private readonly IClassifier[] _parts = [catalog.Learners["mlp"].Create(shape with { Seed = 1 }), catalog.Learners["mlp"].Create(shape with { Seed = 2 }), catalog.Learners["logistic-regression"].Create(shape)];

        public static int Blocks;

        public override void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
        {
            var part = new double[Classes];
            probabilities.Clear();
            foreach (var learner in _parts)
            {
                learner.Predict(x, part);
                for (var k = 0; k < Classes; k++)
                    probabilities[k] += part[k] / _parts.Length;
            }
        }

        public override void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0)
        {
            foreach (var learner in _parts)
                learner.Learn(x, label, weight);
        }

        public void TestThenTrain(ReadOnlyMemory<double> rows, ReadOnlyMemory<int> labels, Memory<double> probabilities, ILanes lanes)
        {
            Blocks++;
            var votes = new double[_parts.Length][];
            lanes.For(_parts.Length, part =>
            {
                votes[part] = new double[labels.Length * Classes];
                for (var t = 0; t < labels.Length; t++)
                    _parts[part].TestThenTrain(rows.Span.Slice(t * Features, Features), labels.Span[t], votes[part].AsSpan(t * Classes, Classes));
            });
            var all = probabilities.Span;
            all.Clear();
            foreach (var part in votes)
                for (var i = 0; i < part.Length; i++)
                    all[i] += part[i] / _parts.Length;
        }

        public override void Save(StateWriter writer)
        {
            foreach (var learner in _parts)
                learner.Save(writer);
        }
    }

    private sealed class Zero(RegressorShape shape) : IRegressor
    {
        public int Features => shape.Features;

        public double Predict(ReadOnlySpan<double> x) => 0;

        public void Learn(ReadOnlySpan<double> x, double target, double weight = 1.0)
        {
        }

        public void Save(StateWriter writer)
        {
        }

        public void Load(StateReader reader)
        {
        }
    }

    private sealed class FirstValue(RegressorShape shape) : IAnomalyDetector
    {
        public int Features => shape.Features;

        public double Score(ReadOnlySpan<double> x) => x[0];

        public void Learn(ReadOnlySpan<double> x)
        {
        }

        public void Save(StateWriter writer)
        {
        }

        public void Load(StateReader reader)
        {
        }
    }

    private sealed class Half(double coverage) : IConformal
    {
        public double Coverage => coverage;

        public double Bound => 0.5;

        public void Learn(double score)
        {
        }

        public void Reset()
        {
        }

        public void Save(StateWriter writer)
        {
        }

        public void Load(StateReader reader)
        {
        }
    }
}
