using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Trees;

/// <summary>The Hoeffding tree as one would write it down: objects, exact functions, one number at a time. Slow, and the measure of the fast one.</summary>
internal sealed class PlainHoeffdingTree(int classes, double grace, double delta, double tau)
{
    private Node _root = new(new double[classes], 1, classes);

    public int Leaves => _root.Leaves;

    public double[] Predict(double[] x) => _root.LeafOf(x).Probabilities(x);

    public void Learn(double[] x, int label, double weight)
    {
        var leaf = _root.LeafOf(x);
        leaf.Learn(x, label, weight);
        if ((leaf.Since += weight) < grace)
            return;
        leaf.Since = 0;
        leaf.AttemptSplit(delta, tau);
    }

    private sealed class Gaussian
    {
        public double Weight, Mean, Squares, Least = double.PositiveInfinity, Most = double.NegativeInfinity;

        public bool Varies => Weight > 1 && Squares > 0;

        public double Variance => Squares / (Weight - 1);

        public void Add(double value, double weight)
        {
            Weight += weight;
            var distance = value - Mean;
            Mean += distance * weight / Weight;
            Squares += weight * distance * (value - Mean);
            (Least, Most) = (Math.Min(Least, value), Math.Max(Most, value));
        }

        public double LogDensity(double value) => Varies ? -0.5 * Math.Log(Variance) - (value - Mean) * (value - Mean) / (2 * Variance)
            : Weight > 0 ? -1e80 * (value - Mean) * (value - Mean) : 0;

        public double Below(double cut) => cut < Least ? 0 : cut >= Most ? Weight : Weight * Elementary.NormalCdf((cut - Mean) / Math.Sqrt(Variance));
    }

    private sealed class Node(double[] expected, double sharpness, int classes)
    {
        private readonly Dictionary<int, Gaussian[]> _gaussians = [];
        private double _majorityRight, _bayesRight, _own, _sharpness = sharpness;
        private int _feature;
        private double _threshold;
        private bool _missingRight;
        private Node? _left, _right;

        public double[] Seen { get; } = expected;

        public double Since { get; set; }

        public int Leaves => _left is null ? 1 : _left.Leaves + _right!.Leaves;

        public Node LeafOf(double[] x)
        {
            if (_left is null)
                return this;
            var right = double.IsFinite(x[_feature]) ? x[_feature] > _threshold : _missingRight;
            return (right ? _right! : _left).LeafOf(x);
        }

        public double[] Probabilities(double[] x)
        {
            var n = Seen.Sum();
            var p = _majorityRight > _bayesRight ? [.. Seen.Select(w => w / n)] : Bayes(Scores(x));
            return [.. p.Select(v => ((n > 0 ? v : 0) * n + 1.0 / classes) / (n + 1))];
        }

        public void Learn(double[] x, int label, double weight)
        {
            var scores = Scores(x);
            if (!(_majorityRight > _bayesRight))
            {
                var p = Probabilities(x);
                var distances = scores.Select(s => Math.Max((s - scores.Max()) * _sharpness, -30)).ToArray();
                var slope = p.Zip(distances, (a, b) => a * b).Sum() - distances[label];
                _sharpness = Math.Clamp(_sharpness * (1 - 0.02 * Math.Min(weight, 1) * Math.Clamp(slope, -1, 1)), 1e-3, 2);
            }
            _majorityRight += Array.IndexOf(Seen, Seen.Max()) == label ? weight : 0;
            _bayesRight += Array.IndexOf(scores, scores.Max()) == label ? weight : 0;
            Seen[label] += weight;
            _own += weight;
            for (var i = 0; i < x.Length; i++)
            {
                if (!double.IsFinite(x[i]))
                    continue;
                if (!_gaussians.ContainsKey(i))
                    _gaussians[i] = [.. Enumerable.Range(0, classes).Select(_ => new Gaussian())];
                _gaussians[i][label].Add(x[i], weight);
            }
        }

        public void AttemptSplit(double delta, double tau)
        {
            if (Seen.Count(w => w > 0) < 2)
                return;
            var present = Math.Max(2, Seen.Count(w => w > 1e-3 * Seen.Sum()));
            var best = _gaussians.Keys.Order().Select(i => Best(i)).OrderByDescending(c => c.Gain).ToArray();
            var range = Math.Log2(present);
            var bound = Math.Sqrt(range * range * Math.Log(1 / delta) / (2 * Seen.Sum()));
            if (best[0].Gain <= 0 || !(best[0].Gain - (best.Length > 1 ? best[1].Gain : 0) > bound || bound < tau))
                return;
            (_feature, _threshold, _) = best[0];
            var left = _gaussians[_feature].Select(g => g.Below(_threshold)).ToArray();
            var right = _gaussians[_feature].Select((g, k) => g.Weight - left[k]).ToArray();
            (_left, _right, _missingRight) = (new(left, _sharpness, classes), new(right, _sharpness, classes), right.Sum() > left.Sum());
        }

        private double[] Bayes(double[] scores)
        {
            var e = scores.Select(s => Math.Exp(Math.Max((s - scores.Max()) * _sharpness, -30))).ToArray();
            return [.. e.Select(v => v / e.Sum())];
        }

        private double[] Scores(double[] x)
        {
            var scores = new double[classes];
            for (var k = 0; k < classes; k++)
            {
                var hasSeen = _own == 0 || _gaussians.Values.Any(g => g[k].Weight > 0);
                scores[k] = Seen[k] > 0 && hasSeen ? Math.Log(Seen[k]) : -1e300;
                if (scores[k] > -1e300)
                    foreach (var (i, g) in _gaussians)
                        scores[k] += double.IsFinite(x[i]) ? g[k].LogDensity(x[i]) : 0;
            }
            return scores;
        }

        private (int Feature, double Threshold, double Gain) Best(int feature)
        {
            var g = _gaussians[feature];
            double least = g.Min(c => c.Least), most = g.Max(c => c.Most), total = g.Sum(c => c.Weight);
            var best = (feature, 0.0, 0.0);
            for (var c = 1; c <= 10; c++)
            {
                var cut = least + c * (most - least) / 11;
                var left = g.Select(s => s.Below(cut)).ToArray();
                var right = g.Select((s, k) => s.Weight - left[k]).ToArray();
                var gain = Entropy([.. g.Select(s => s.Weight)]) - (left.Sum() * Entropy(left) + right.Sum() * Entropy(right)) / total;
                if (left.Sum() > 0.01 * total && right.Sum() > 0.01 * total && gain > best.Item3)
                    best = (feature, cut, gain);
            }
            return best;
        }

        private static double Entropy(double[] weights) => -weights.Where(w => w > 0).Sum(w => w / weights.Sum() * Math.Log2(w / weights.Sum()));
    }
}
