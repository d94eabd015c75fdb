using System.ComponentModel.DataAnnotations;
using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Bandits;

/// <summary>Options of <see cref="LinUcb"/>.</summary>
public sealed record LinUcbOptions
{
    /// <summary>How many standard errors of the expected reward are added to it.</summary>
    [Range(0.0, 100.0)] public double Exploration { get; init; } = 1;

    /// <summary>Strength of the penalty on the squared coefficients.</summary>
    [Range(1e-3, 1e6)] public double Ridge { get; init; } = 1;
}

/// <summary>
/// The arm whose reward, linear in the context, could be the highest. Each arm has its own ridge regression with a constant; without a context that constant is all there is.
/// </summary>
/// <remarks>
/// <para>Li, Chu, Langford, Schapire, "A contextual-bandit approach to personalized news article recommendation", WWW 2010 (disjoint models). The inverse is kept by Sherman and
/// Morrison's formula, the coefficients by recursive least squares, so a reward costs d² and nothing is ever inverted.</para>
/// <para>The context should be about of order one (standardised); NaN and infinity count as 0, larger magnitudes than a thousand as a thousand.
/// Memory is 8·arms·(d + 1)·(d + 8) bytes, at most 512 MiB.</para>
/// </remarks>
public sealed class LinUcb : IBandit
{
    private const string SectionName = "lin-ucb";
    private const double ContextMax = 1_000;
    private const long NumbersMax = 1L << 26;
    private const double CoefficientMax = 1e9;

    private readonly LinUcbOptions _options;
    private readonly int _length;
    private readonly int _stride;
    private readonly double[] _inverse;
    private readonly double[] _coefficients;
    private readonly double[] _index;
    private readonly double[] _x;
    private readonly double[] _direction;
    private Rng _random;

    /// <summary>A bandit that knows nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The shape is no shape, or too large for the memory limit.</exception>
    public LinUcb(BanditShape shape, LinUcbOptions options)
    {
        BanditInput.Check(shape);
        _options = options;
        var length = shape.ContextLength + 1L;
        if (length > 1 << 20 || shape.Arms * length * (length + Kernels.Lanes) > NumbersMax)
            throw new ArgumentOutOfRangeException(nameof(shape), shape, "lin-ucb keeps a square of the context's length for each arm; this is above 512 MiB.");
        _length = (int)length;
        _stride = Kernels.Padded(_length);
        _inverse = new double[shape.Arms * _length * _stride];
        for (var a = 0; a < shape.Arms; a++)
            for (var i = 0; i < _length; i++)
                Row(a, i)[i] = 1 / options.Ridge;
        _coefficients = new double[shape.Arms * _stride];
        _index = new double[shape.Arms];
        _x = new double[_stride];
        _direction = new double[_stride];
        _random = new(shape.Seed, SectionName);
    }

    /// <inheritdoc/>
    public int Arms => _index.Length;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The context has another length.</exception>
    public BanditChoice Choose(ReadOnlySpan<double> context)
    {
        Take(context);
        for (var a = 0; a < _index.Length; a++)
            _index[a] = Kernels.Dot(_x, Coefficients(a)) + _options.Exploration * Math.Sqrt(Spread(a));
        return BanditInput.Best(_index, _random.NextDouble());
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The reward, the choice or the length of the context is out of range.</exception>
    public void Learn(ReadOnlySpan<double> context, BanditChoice choice, double reward)
    {
        BanditInput.Check(choice, reward, Arms);
        Take(context);
        var arm = choice.Arm;
        var coefficients = Coefficients(arm);
        var spread = Spread(arm);
        Kernels.AddScaled(_direction, (reward - Kernels.Dot(_x, coefficients)) / (1 + spread), coefficients);

        // Both factors carry the root, so that the matrix stays symmetric to the last bit.
        Kernels.Scale(1 / Math.Sqrt(1 + spread), _direction);
        for (var i = 0; i < _length; i++)
            Kernels.AddScaled(_direction, -_direction[i], Row(arm, i));
    }

    /// <summary>Expected reward of an arm in a context.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The context has another length, or there is no such arm.</exception>
    public double Expected(ReadOnlySpan<double> context, int arm)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(arm);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(arm, Arms);
        Take(context);
        return Kernels.Dot(_x, Coefficients(arm));
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Section(SectionName, 1);
        for (var a = 0; a < Arms; a++)
        {
            for (var i = 0; i < _length; i++)
                writer.Write(Row(a, i)[i.._length]);
            writer.Write(Coefficients(a)[.._length]);
        }
        _random.Save(writer);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.Section(SectionName, 1);
        var most = (1 + 1e-9) / _options.Ridge;
        for (var a = 0; a < Arms; a++)
        {
            for (var i = 0; i < _length; i++)
            {
                reader.ReadWithin(Row(a, i)[i.._length], -most, most);
                for (var j = i + 1; j < _length; j++)
                    Row(a, j)[i] = Row(a, i)[j];
            }
            for (var i = 0; i < _length; i++)
                for (var j = 0; j < _length; j++)
                    if (!(Row(a, i)[i] >= -1e-9 * most) || Math.Abs(Row(a, i)[j]) > Math.Sqrt(Math.Max(0, Row(a, i)[i] * Row(a, j)[j])) + 1e-6 * most)
                        throw new CorruptStateException("lin-ucb: a matrix is not the inverse of a sum of squares.");
            reader.ReadWithin(Coefficients(a)[.._length], -CoefficientMax, CoefficientMax);
        }
        _random = Rng.Load(reader);
    }

    private Span<double> Row(int arm, int row) => _inverse.AsSpan((arm * _length + row) * _stride, _stride);

    private Span<double> Coefficients(int arm) => _coefficients.AsSpan(arm * _stride, _stride);

    private void Take(ReadOnlySpan<double> context)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(context.Length, _length - 1, nameof(context));
        for (var i = 0; i < context.Length; i++)
            _x[i] = double.IsFinite(context[i]) ? Math.Clamp(context[i], -ContextMax, ContextMax) : 0;
        _x[_length - 1] = 1;
    }

    /// <summary>Writes the inverse times the context into the direction and returns the context's squared length by the inverse.</summary>
    private double Spread(int arm)
    {
        for (var i = 0; i < _length; i++)
            _direction[i] = Kernels.Dot(_x, Row(arm, i));
        return Math.Max(0, Kernels.Dot(_x, _direction));
    }
}
