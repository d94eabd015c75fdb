using Hone.Learning.State;

namespace Hone.Learning.Wrappers;

/// <summary>A classifier around another one. What it does not change is that of the other.</summary>
public abstract class ClassifierWrapper : IClassifier, IRateBoost, ILimited
{
    private protected ClassifierWrapper(int features, int classes) => (Features, Classes) = (features, classes);

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <inheritdoc/>
    public bool CanBoost => Inner is IRateBoost { CanBoost: true };

    /// <inheritdoc/>
    public string? LimitReached => (Inner as ILimited)?.LimitReached;

    /// <summary>The learner inside that answers now.</summary>
    private protected abstract IClassifier Inner { get; }

    /// <inheritdoc/>
    public void BoostRate(double factor) => (Inner as IRateBoost)?.BoostRate(factor);

    /// <inheritdoc/>
    public abstract void Predict(ReadOnlySpan<double> x, Span<double> probabilities);

    /// <inheritdoc/>
    public abstract void Learn(ReadOnlySpan<double> x, int label, double weight = 1.0);

    /// <inheritdoc/>
    public virtual void TestThenTrain(ReadOnlySpan<double> x, int label, Span<double> probabilities)
    {
        Predict(x, probabilities);
        Learn(x, label);
    }

    /// <inheritdoc/>
    public abstract void Save(StateWriter writer);

    /// <inheritdoc/>
    public abstract void Load(StateReader reader);

    /// <summary>Predicts and learns in one go: <see cref="IClassifier.TestThenTrain"/> for any weight.</summary>
    private protected static void TestThenTrain(IClassifier learner, ReadOnlySpan<double> x, int label, double weight, Span<double> probabilities)
    {
        if (weight == 1)
        {
            learner.TestThenTrain(x, label, probabilities);
            return;
        }
        learner.Predict(x, probabilities);
        learner.Learn(x, label, weight);
    }
}
