using Hone.Learning.State;

namespace Hone.Learning.Neural;

/// <summary>Trainable numbers with their two moments where Adam wants them.</summary>
internal sealed class NetworkWeights(int length, bool adam) : ISaved
{
    /// <summary>The weights.</summary>
    public double[] Values { get; } = new double[length];

    /// <summary>Running means of the gradients.</summary>
    public double[] First { get; } = new double[adam ? length : 0];

    /// <summary>Running means of the squared gradients.</summary>
    public double[] Second { get; } = new double[adam ? length : 0];

    /// <inheritdoc/>
    public void Save(StateWriter writer)
    {
        writer.Write(Values);
        writer.Write(First);
        writer.Write(Second);
    }

    /// <inheritdoc/>
    public void Load(StateReader reader)
    {
        reader.ReadWithin(Values, -Network.WeightMax, Network.WeightMax);
        reader.ReadWithin(First, -Network.WeightMax, Network.WeightMax);
        reader.ReadWithin(Second, 0, Network.WeightMax);
    }
}
