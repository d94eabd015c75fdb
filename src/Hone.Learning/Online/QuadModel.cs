using Hone.Learning.Numerics;
using Hone.Learning.State;

namespace Hone.Learning.Online;

/// <summary>
/// Four linear models side by side with one row of weights per score, and, where they are mixed, what the four were a little while ago.
/// The number behind the last feature of an input is the constant 1, whose weight is the intercept.
/// </summary>
internal sealed class QuadModel : ISaved
{
    private const double WeightMax = 1e9;
    private readonly double[] _weights;
    private readonly double[]? _past;
    private readonly int _stride;

    /// <summary>Four models whose every weight is 0.</summary>
    /// <param name="rows">Scores.</param>
    /// <param name="features">Length of the feature vector.</param>
    /// <param name="remembers">Whether <see cref="Remember"/> and <see cref="PastScores"/> will be used.</param>
    public QuadModel(int rows, int features, bool remembers)
    {
        (Rows, Inputs) = (rows, features + 1);
        _stride = Inputs * QuadKernels.Models;
        _weights = new double[rows * _stride];
        _past = remembers ? new double[rows * _stride] : null;
    }

    /// <summary>Scores.</summary>
    public int Rows { get; }

    /// <summary>Features and the constant.</summary>
    public int Inputs { get; }

    /// <summary>The weights of one score: four for each input.</summary>
    public Span<double> Row(int row) => _weights.AsSpan(row * _stride, _stride);

    /// <summary>Four scores per row.</summary>
    public void Scores(ReadOnlySpan<double> z, Span<double> scores) => Scores(_weights, z, scores);

    /// <summary>Four scores per row, by the models as they were when last remembered.</summary>
    public void PastScores(ReadOnlySpan<double> z, Span<double> scores) => Scores(_past!, z, scores);

    /// <summary>The present models are the past ones from now on.</summary>
    public void Remember() => _weights.CopyTo(_past!, 0);

    /// <summary>Writes one of the four models, each row padded to whole lanes.</summary>
    public void SaveOne(StateWriter writer, int model)
    {
        var padded = new double[Rows * Kernels.Padded(Inputs)];
        for (var row = 0; row < Rows; row++)
            for (var i = 0; i < Inputs; i++)
                padded[row * Kernels.Padded(Inputs) + i] = Row(row)[i * QuadKernels.Models + model];
        writer.Write(padded);
    }

    /// <summary>Reads what <see cref="SaveOne"/> wrote.</summary>
    public void LoadOne(StateReader reader, int model)
    {
        var padded = new double[Rows * Kernels.Padded(Inputs)];
        reader.ReadWithin(padded, -WeightMax, WeightMax);
        for (var row = 0; row < Rows; row++)
            for (var i = 0; i < Inputs; i++)
                Row(row)[i * QuadKernels.Models + model] = padded[row * Kernels.Padded(Inputs) + i];
    }

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Write(_weights);
        if (_past is not null)
            writer.Write(_past);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.ReadWithin(_weights, -WeightMax, WeightMax);
        if (_past is not null)
            reader.ReadWithin(_past, -WeightMax, WeightMax);
    }

    private void Scores(double[] weights, ReadOnlySpan<double> z, Span<double> scores)
    {
        for (var row = 0; row < Rows; row++)
            QuadKernels.Scores(z[..Inputs], weights.AsSpan(row * _stride, _stride), scores[(row * QuadKernels.Models)..]);
    }
}
