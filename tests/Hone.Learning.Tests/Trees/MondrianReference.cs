using Hone.Learning.Numerics;

namespace Hone.Learning.Tests.Trees;

/// <summary>
/// An aggregated Mondrian tree as the definition has it: objects, logarithms of weights, and the sum over all prunings by recursion
/// through the whole tree for each prediction. Two features in units of 1, nothing is forgotten.
/// </summary>
internal sealed class MondrianReference(int classes, double smoothing, Rng rng)
{
    private Node? _root;
    private Rng _rng = rng;

    private sealed class Node
    {
        public double Time, Own;
        public float Threshold;
        public int Feature;
        public Node? Left, Right;
        public float[] Low = [], High = [];
        public double[] Counts = [];

        public Node Next(float[] x) => x[Feature] > Threshold ? Right! : Left!;

        public Node Copy() => (Node)MemberwiseClone();
    }

    public int Count => CountOf(_root);

    public double[] Predict(float[] x)
    {
        if (_root is null)
            return [.. Enumerable.Repeat(1.0 / classes, classes)];
        return Answer(_root);

        double[] Answer(Node node)
        {
            var own = Enumerable.Range(0, classes).Select(c => Chance(node, c)).ToArray();
            if (node.Left is null)
                return own;
            var below = Answer(node.Next(x));
            var share = 0.5 * Math.Exp(node.Own - AllPrunings(node));
            return [.. own.Zip(below, (a, b) => share * a + (1 - share) * b)];
        }
    }

    public void Learn(float[] x, int label)
    {
        if (_root is null)
        {
            _root = Leaf(x, label, 0);
            return;
        }
        var patience = -Elementary.Log(1 - _rng.NextDouble());
        for (var node = _root; ;)
        {
            var outside = x.Select((v, i) => Math.Max(v - node.High[i], 0) + Math.Max(node.Low[i] - v, 0)).ToArray();
            double rate = outside[0] + outside[1], within = 0;
            var leaf = node.Left is null;
            if (leaf && node.Counts.Any(c => c > node.Counts[label]))
                within = node.High[0] - node.Low[0] + (node.High[1] - node.Low[1]);
            var born = -1.0;
            if (rate + within > 0 && node.Counts[label] < node.Counts.Sum())
            {
                var hazard = leaf ? double.PositiveInfinity : rate * (node.Left!.Time - node.Time);
                if (patience < hazard)
                    born = node.Time + patience / (rate + within);
                else
                    patience -= hazard;
            }
            var logLoss = Math.Log(Chance(node, label));
            if (born >= 0)
            {
                var side = within > 0 ? (rate + within) * _rng.NextDouble() - rate : 0;
                if (side > 0)
                    Cut(node, x, label, born, side);
                else
                    Split(node, x, label, born, outside, rate);
            }
            node.Own += logLoss;
            Take(node, x, label);
            if (born >= 0 || leaf)
                return;
            node = node.Next(x);
        }
    }

    private void Split(Node node, float[] x, int label, double born, float[] outside, double rate)
    {
        var feature = rate * _rng.NextDouble() < outside[0] ? 0 : 1;
        var right = x[feature] > node.High[feature];
        var (from, to) = right ? (node.High[feature], x[feature]) : (x[feature], node.Low[feature]);
        var old = node.Copy();
        (old.Time, old.Low, old.High, old.Counts) = (born, [.. node.Low], [.. node.High], [.. node.Counts]);
        var leaf = Leaf(x, label, born);
        (node.Feature, node.Threshold) = (feature, (float)(from + ((double)to - from) * _rng.NextDouble()));
        (node.Left, node.Right) = right ? (old, leaf) : (leaf, old);
    }

    private void Cut(Node node, float[] x, int label, double born, double side)
    {
        var feature = side < node.High[0] - node.Low[0] ? 0 : 1;
        double low = node.Low[feature], high = node.High[feature];
        var threshold = (float)(low + (high - low) * _rng.NextDouble());
        var share = Math.Clamp((threshold - low) / (high - low), 0.001, 0.999);
        Node Part(double share) => new() { Time = born, Low = [.. node.Low], High = [.. node.High], Counts = [.. node.Counts.Select(c => share * c)] };
        (node.Left, node.Right, node.Feature, node.Threshold) = (Part(share), Part(1 - share), feature, threshold);
        node.Left.High[feature] = node.Right.Low[feature] = threshold;
        var next = node.Next(x);
        next.Own = node.Own + Math.Log(Chance(next, label));
        Take(next, x, label);
    }

    private static void Take(Node node, float[] x, int label)
    {
        node.Counts[label]++;
        for (var i = 0; i < 2; i++)
            (node.Low[i], node.High[i]) = (Math.Min(node.Low[i], x[i]), Math.Max(node.High[i], x[i]));
    }

    private Node Leaf(float[] x, int label, double time)
    {
        var leaf = new Node { Time = time, Low = [.. x], High = [.. x], Counts = new double[classes] };
        leaf.Counts[label] = 1;
        return leaf;
    }

    private double Chance(Node node, int label) => (node.Counts[label] + smoothing) / (node.Counts.Sum() + smoothing * classes);

    private static double AllPrunings(Node node)
    {
        if (node.Left is null)
            return node.Own;
        double here = node.Own, below = AllPrunings(node.Left) + AllPrunings(node.Right!), most = Math.Max(here, below);
        return most + Math.Log(0.5 * Math.Exp(here - most) + 0.5 * Math.Exp(below - most));
    }

    private static int CountOf(Node? node) => node is null ? 0 : 1 + CountOf(node.Left) + CountOf(node.Right);
}
