using Hone.Trading.Market;

namespace Hone.Trading.Sessions;

/// <summary>Bars with their extra columns, in memory.</summary>
/// <param name="Bars">The bars.</param>
/// <param name="Extras">Extra columns, bar by bar; empty without any.</param>
/// <param name="ExtraCount">Extra columns per bar.</param>
public sealed record BarHistory(Bar[] Bars, double[] Extras, int ExtraCount)
{
    /// <summary>A history without extra columns.</summary>
    public BarHistory(Bar[] bars)
        : this(bars, [], 0)
    {
    }

    /// <summary>Extra columns of one bar.</summary>
    public ReadOnlySpan<double> ExtrasOf(int bar) => Extras.AsSpan(bar * ExtraCount, ExtraCount);
}
