using System.Text.Json;

namespace Hone.Learning.Wrappers;

/// <summary>Builds the learner inside another one from the catalog that both are in, so that a user's own entries can be named.</summary>
internal static class Nested
{
    /// <summary>Learners that may stand around another one.</summary>
    public const int DepthMax = 4;

    /// <summary>Builds the named classifier.</summary>
    /// <exception cref="InvalidOptionsException">The name is unknown, the options cannot be used, or the nesting is too deep.</exception>
    public static IClassifier Classifier(Catalog catalog, string owner, LearnerShape shape, string name, JsonElement? options)
    {
        Check(owner, shape.Depth);
        return catalog.Learners[name].Create(shape with { Depth = shape.Depth + 1 }, options);
    }

    /// <summary>
    /// Builds the named classifier for somebody who judges its predictions at the moment at which the label is learned. Where neighbouring
    /// labels overlap it learns each one so much later that none of those it knows by then shares a part with the label it is judged by.
    /// </summary>
    /// <exception cref="InvalidOptionsException">The name is unknown, the options cannot be used, or the nesting is too deep.</exception>
    public static IClassifier Judged(Catalog catalog, string owner, LearnerShape shape, string name, JsonElement? options)
    {
        var learner = Classifier(catalog, owner, shape, name, options);
        return shape.Overlap > 1 ? new DelayedLabels(learner, shape.Overlap - 1) : learner;
    }

    /// <summary>Builds the named regressor.</summary>
    /// <exception cref="InvalidOptionsException">The name is unknown, the options cannot be used, or the nesting is too deep.</exception>
    public static IRegressor Regressor(Catalog catalog, string owner, RegressorShape shape, string name, JsonElement? options)
    {
        Check(owner, shape.Depth);
        return catalog.Regressors[name].Create(shape with { Depth = shape.Depth + 1 }, options);
    }

    /// <summary>A seed for each of several learners side by side; the first one's is that of the whole.</summary>
    public static ulong Seed(ulong seed, int index) => unchecked(seed + (ulong)index * 0x9E3779B97F4A7C15);

    /// <summary>What the learners that have reached a limit say; null when none has.</summary>
    public static string? LimitReached(IEnumerable<object> learners)
    {
        var said = string.Join(" ", learners.OfType<ILimited>().Select(l => l.LimitReached).Where(text => text is not null));
        return said.Length > 0 ? said : null;
    }

    private static void Check(string owner, int depth)
    {
        if (depth >= DepthMax)
            throw new InvalidOptionsException($"{owner}: {depth} learners stand around it already, and there may be {DepthMax} at most; does one name itself?");
    }
}
