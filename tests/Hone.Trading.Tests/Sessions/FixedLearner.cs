using Hone.Learning;
using Hone.Learning.State;
using Hone.Trading.Sessions;

namespace Hone.Trading.Tests.Sessions;

/// <summary>A learner that always gives one probability and remembers what it was taught.</summary>
internal sealed class FixedLearner(LearnerShape shape, double up, List<(double[] X, int Label)>? taught = null) : IClassifier
{
    public int Features => shape.Features;

    public int Classes => shape.Classes;

    public static void AddTo(TradingCatalog catalog, string name, double up, List<(double[] X, int Label)>? taught = null)
        => catalog.Learning.Learners.Add(CatalogEntry<LearnerShape, IClassifier>.Of<TestMarket.NoOptions>(name, "Always the same.", (shape, _) => new FixedLearner(shape, up, taught)));

    public void Predict(ReadOnlySpan<double> x, Span<double> probabilities)
    {
        probabilities.Clear();
        probabilities[0] = 1 - up;
        probabilities[^1] = up;
    }

    public void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0) => taught?.Add((x.ToArray(), label));

    public void Save(StateWriter writer) => writer.Write(up);

    public void Load(StateReader reader) => reader.ReadDouble();
}
