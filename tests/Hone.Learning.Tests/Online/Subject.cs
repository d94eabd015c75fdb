using System.Text.Json;
using Hone.Learning.State;

namespace Hone.Learning.Tests.Online;

/// <summary>
/// A learner under test, of classes or of a number, behind one face. The catalog is the list: every entry with its defaults and
/// with each of its variants, for two and for three classes or as a regressor.
/// </summary>
internal abstract class Subject
{
    private static readonly Dictionary<string, Func<Subject>> Makers = FromCatalog();

    /// <summary>What one is called, for instance "mlp, 3 classes" or "passive-aggressive {"variant":"pa"}, regression".</summary>
    public static IEnumerable<string> Ids => Makers.Keys;

    public abstract ISaved Model { get; }

    /// <summary>Length of a prediction: the classes, or 1 for a number.</summary>
    public abstract int Outputs { get; }

    /// <summary>Classes; 0 for a regressor.</summary>
    public abstract int Classes { get; }

    public byte[] State
    {
        get
        {
            var writer = new StateWriter();
            Model.Save(writer);
            return writer.Written.ToArray();
        }
    }

    public static Subject Fresh(string id) => Makers[id]();

    public static Subject Trained(string id, int count)
    {
        var subject = Fresh(id);
        subject.Train(subject.Stream(count), 0, count);
        return subject;
    }

    public LearnerStream Stream(int count, ulong seed = 1) => new(Classes == 0 ? 3 : Classes, count, seed);

    public void Train(LearnerStream stream, int from, int to)
    {
        for (var t = from; t < to; t++)
            Learn(stream.X[t], stream.Target(t, Classes), Weight(t));
    }

    public void Load(byte[] state) => Model.Load(new StateReader(state));

    public double[] Prediction(double[] x)
    {
        var p = new double[Outputs];
        Predict(x, p);
        return p;
    }

    public abstract void Predict(double[] x, double[] prediction);

    /// <summary>Learns a class number or a target.</summary>
    public abstract void Learn(double[] x, double target, double weight = 1);

    public abstract void TestThenTrain(double[] x, double target, double[] prediction);

    public abstract Subject OfAnotherShape();

    public static double Weight(int t) => t % 4 == 3 ? 0.5 : 1;

    private static Dictionary<string, Func<Subject>> FromCatalog()
    {
        var catalog = Catalog.BuiltIn();
        var makers = new Dictionary<string, Func<Subject>>();
        foreach (var entry in catalog.Learners)
            foreach (var variant in (string?[])[null, .. entry.Variants])
                foreach (var classes in (int[])[2, 3])
                    makers.Add($"{entry.Name}{Suffix(variant)}, {classes} classes", () => new OfClasses(c => entry.Create(new(LearnerStream.Features, c, 1), Json(variant)), classes));
        foreach (var entry in catalog.Regressors)
            foreach (var variant in (string?[])[null, .. entry.Variants])
                makers.Add($"{entry.Name}{Suffix(variant)}, regression", () => new OfNumbers(n => entry.Create(new(n, 1), Json(variant)), LearnerStream.Features));
        return makers;
    }

    private static string Suffix(string? variant) => variant is null ? "" : " " + variant;

    private static JsonElement? Json(string? variant) => variant is null ? null : JsonDocument.Parse(variant).RootElement;

    private sealed class OfClasses(Func<int, IClassifier> make, int classes) : Subject
    {
        private readonly IClassifier _learner = make(classes);

        public override ISaved Model => _learner;

        public override int Outputs => classes;

        public override int Classes => classes;

        public override void Predict(double[] x, double[] prediction) => _learner.Predict(x, prediction);

        public override void Learn(double[] x, double target, double weight = 1) => _learner.Learn(x, (int)target, weight);

        public override void TestThenTrain(double[] x, double target, double[] prediction) => _learner.TestThenTrain(x, (int)target, prediction);

        public override Subject OfAnotherShape() => new OfClasses(make, classes + 1);
    }

    private sealed class OfNumbers(Func<int, IRegressor> make, int features) : Subject
    {
        private readonly IRegressor _learner = make(features);

        public override ISaved Model => _learner;

        public override int Outputs => 1;

        public override int Classes => 0;

        public override void Predict(double[] x, double[] prediction) => prediction[0] = _learner.Predict(x);

        public override void Learn(double[] x, double target, double weight = 1) => _learner.Learn(x, target, weight);

        public override void TestThenTrain(double[] x, double target, double[] prediction) => prediction[0] = _learner.TestThenTrain(x, target);

        public override Subject OfAnotherShape() => new OfNumbers(make, features + 1);
    }
}
