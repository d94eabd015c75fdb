using Hone.Learning.State;
using Hone.Trading.Features;
using Hone.Trading.Market;
using Hone.Trading.Regimes;

namespace Hone.Trading.Agents;

/// <summary>What an agent would do.</summary>
/// <param name="Direction">−1 (short) … 1 (long); 0: nothing.</param>
/// <param name="Confidence">0…1.</param>
public readonly record struct Signal(double Direction, double Confidence)
{
    /// <summary>No opinion.</summary>
    public static Signal None => default;
}

/// <summary>What an agent may look at after a bar has closed.</summary>
/// <param name="bar">The bar.</param>
/// <param name="extras">Its extra columns.</param>
/// <param name="features">All computed features, in the order of the schema that the agent was built with; NaN where missing.</param>
/// <param name="regime">The regime after the bar.</param>
public readonly ref struct AgentView(ref readonly Bar bar, ReadOnlySpan<double> extras, ReadOnlySpan<double> features, Regime regime)
{
    /// <summary>The bar that has just closed.</summary>
    public readonly ref readonly Bar Bar = ref bar;

    /// <summary>Its extra columns.</summary>
    public ReadOnlySpan<double> Extras { get; } = extras;

    /// <summary>All computed features; NaN where missing.</summary>
    public ReadOnlySpan<double> Features { get; } = features;

    /// <summary>The regime after the bar.</summary>
    public Regime Regime { get; } = regime;
}

/// <summary>A rule: after each bar, a direction and a confidence. It never sees orders or money.</summary>
public interface IAgent : ISaved
{
    /// <summary>Its catalog name.</summary>
    string Name { get; }

    /// <summary>The signal after this bar.</summary>
    Signal Decide(in AgentView view);
}

/// <summary>What an agent is built for.</summary>
/// <param name="Schema">All computed features; <see cref="FeatureSchema.IndexOf"/> finds one by name.</param>
/// <param name="ExtraColumns">Names of the feed's extra columns.</param>
public sealed record AgentContext(FeatureSchema Schema, IReadOnlyList<string> ExtraColumns);
