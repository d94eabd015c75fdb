using Hone.Learning.State;

namespace Hone.Learning.Wrappers;

/// <summary>A regressor around another one. What it does not change is that of the other.</summary>
public abstract class RegressorWrapper : IRegressor, IRateBoost, ILimited
{
    internal const double TargetMax = 1e100;

    private protected RegressorWrapper(int features) => Features = features;

    /// <inheritdoc/>
    public int Features { get; }

    /// <inheritdoc/>
    public bool CanBoost => Inner is IRateBoost { CanBoost: true };

    /// <inheritdoc/>
    public string? LimitReached => (Inner as ILimited)?.LimitReached;

    /// <summary>The learner inside that answers now.</summary>
    private protected abstract IRegressor Inner { get; }

    /// <inheritdoc/>
    public void BoostRate(double factor) => (Inner as IRateBoost)?.BoostRate(factor);

    /// <inheritdoc/>
    public abstract double Predict(ReadOnlySpan<double> x);

    /// <inheritdoc/>
    public abstract void Learn(ReadOnlySpan<double> x, double target, double weight = 1.0);

    /// <inheritdoc/>
    public virtual double TestThenTrain(ReadOnlySpan<double> x, double target)
    {
        var prediction = Predict(x);
        Learn(x, target);
        return prediction;
    }

    /// <inheritdoc/>
    public abstract void Save(StateWriter writer);

    /// <inheritdoc/>
    public abstract void Load(StateReader reader);

    /// <summary>Predicts and learns in one go: <see cref="IRegressor.TestThenTrain"/> for any weight.</summary>
    private protected static double TestThenTrain(IRegressor learner, ReadOnlySpan<double> x, double target, double weight)
    {
        if (weight == 1)
            return learner.TestThenTrain(x, target);
        var prediction = learner.Predict(x);
        learner.Learn(x, target, weight);
        return prediction;
    }

    /// <summary>Refuses what is no target or has no weight.</summary>
    internal static void Check(double target, double weight)
    {
        if (!(Math.Abs(target) <= TargetMax))
            throw new ArgumentOutOfRangeException(nameof(target), target, "A target is a finite number of at most 1e100 in magnitude.");
        if (!(weight > 0 && weight <= double.MaxValue))
            throw new ArgumentOutOfRangeException(nameof(weight), weight, "A weight is a finite number above zero.");
    }
}
