using Hone.Learning.State;

namespace Hone.Trading.Features.Indicators;

/// <summary>An exponential average, the average of it, and the average of that, all seeded with the mean of the first window.</summary>
/// <remarks>Mulloy, "Smoothing data with faster moving averages", Stocks &amp; Commodities 12(1), 1994; Hutson, "Good TRIX", Stocks &amp; Commodities 1(5), 1983.</remarks>
public struct TripleEma : ISaved
{
    private Ema _first, _second, _third;

    /// <summary>Averages over about <paramref name="window"/> values.</summary>
    public TripleEma(int window)
    {
        _first = new(window);
        _second = new(window);
        _third = new(window);
        Trix = double.NaN;
    }

    /// <summary>Whether the averages exist; <see cref="Trix"/> exists one value later.</summary>
    public readonly bool IsReady => _first.IsReady;

    /// <summary>DEMA: 2·first − second; NaN before a whole window was seen.</summary>
    public readonly double Dema => 2 * _first.Value - _second.Value;

    /// <summary>TEMA: 3·first − 3·second + third; NaN before a whole window was seen.</summary>
    public readonly double Tema => 3 * _first.Value - 3 * _second.Value + _third.Value;

    /// <summary>TRIX: change of the third average in percent; NaN before it has a predecessor.</summary>
    public double Trix { get; private set; }

    /// <summary>Takes one value.</summary>
    public void Update(double value)
    {
        if (!_first.IsReady)
        {
            if (!double.IsNaN(_first.Update(value)))
            {
                _second.Seed(_first.Value);
                _third.Seed(_first.Value);
            }
            return;
        }
        var before = _third.Value;
        var after = _third.Update(_second.Update(_first.Update(value)));
        Trix = before != 0 ? 100 * (after - before) / before : double.NaN;
    }

    /// <inheritdoc/>
    public readonly void Save(StateWriter writer)
    {
        _first.Save(writer);
        _second.Save(writer);
        _third.Save(writer);
        writer.Write(Trix);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        _first.Load(reader);
        _second.Load(reader);
        _third.Load(reader);
        Trix = reader.ReadFiniteOrNaN();
        if (_first.IsReady != _second.IsReady || _first.IsReady != _third.IsReady)
            throw new CorruptStateException("Three averages of one series are not ready together.");
    }
}
