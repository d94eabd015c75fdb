using Hone.Learning.Numerics;
using Hone.Learning.Online;

namespace Hone.Learning.Trees;

/// <summary>What an example says to the nodes of a Mondrian tree. A node's statistics are a row of numbers; the last one is the weight it has seen.</summary>
internal interface IMondrianTarget
{
    /// <summary>How likely a node of these statistics makes the target, to the power of weight and step. From 0 to 1.</summary>
    double Likelihood(ReadOnlySpan<double> statistics);

    /// <summary>Whether a node of these statistics has seen nothing but this target: there would be nothing to tell apart.</summary>
    bool IsAll(ReadOnlySpan<double> statistics);

    /// <summary>Whether the target is another than what a node of these statistics has mostly seen.</summary>
    bool IsMinority(ReadOnlySpan<double> statistics);

    /// <summary>Writes a share of the statistics.</summary>
    void Part(ReadOnlySpan<double> statistics, double share, Span<double> part);

    /// <summary>Takes the target into the statistics.</summary>
    void AddTo(Span<double> statistics);
}

/// <summary>A class; statistics are the weight of each class and of all. What a node has seen is forgotten once it weighs more than the memory.</summary>
internal readonly struct ClassTarget(int label, double weight, double smoothing, double step, double memory) : IMondrianTarget
{
    private readonly double _power = weight * step;

    public double Likelihood(ReadOnlySpan<double> statistics)
    {
        var classes = statistics.Length - 1;
        var p = (statistics[label] + smoothing) / (statistics[classes] + smoothing * classes);
        return _power == 1 ? p : Elementary.Pow(p, _power);
    }

    public bool IsAll(ReadOnlySpan<double> statistics) => statistics[label] >= statistics[^1];

    public bool IsMinority(ReadOnlySpan<double> statistics)
    {
        foreach (var other in statistics[..^1])
            if (other > statistics[label])
                return true;
        return false;
    }

    public void Part(ReadOnlySpan<double> statistics, double share, Span<double> part)
    {
        for (var i = 0; i < statistics.Length; i++)
            part[i] = share * statistics[i];
    }

    public void AddTo(Span<double> statistics)
    {
        statistics[label] += weight;
        var total = statistics[^1] += weight;
        if (!(total > memory))
            return;
        var keep = memory / total;
        for (var i = 0; i < statistics.Length; i++)
            statistics[i] *= keep;
    }
}

/// <summary>A number; statistics are the mean and the weight. The likelihood is a Gaussian's, up to a factor that all nodes share.</summary>
internal readonly struct NumberTarget(double target, double weight, double precision, double step, double memory) : IMondrianTarget
{
    public double Likelihood(ReadOnlySpan<double> statistics)
    {
        var error = (target - statistics[0]) * precision;
        return Elementary.Exp(Math.Max(-0.5 * step * weight * (error * error), -600));
    }

    public bool IsAll(ReadOnlySpan<double> statistics) => statistics[0] == target;

    public bool IsMinority(ReadOnlySpan<double> statistics) => false;

    public void Part(ReadOnlySpan<double> statistics, double share, Span<double> part) => (part[0], part[1]) = (statistics[0], share * statistics[1]);

    public void AddTo(Span<double> statistics)
    {
        var total = statistics[1] + weight;
        statistics[0] += weight / total * (target - statistics[0]);
        statistics[1] = Math.Min(total, memory);
    }
}
