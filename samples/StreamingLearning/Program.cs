using Hone.Learning;
using Hone.Learning.Evaluation;
using Hone.Learning.Streams;

var stream = new SeaStream(new ConceptSchedule([0, 1, 2, 3], everyRows: 12_500), seed: 1);
var learner = Catalog.BuiltIn().Learners["adaptive-random-forest"].Create(new(stream.Features, stream.Classes, Seed: 1));
var score = new ClassificationScore(stream.Classes);
double[] x = new double[stream.Features], probabilities = new double[stream.Classes];
for (var row = 0; row < 50_000; row++)
{
    var label = (int)stream.Next(x);
    learner.TestThenTrain(x, label, probabilities);
    score.Add(probabilities, label);
}
Console.WriteLine($"accuracy {score.Accuracy:0.000}, no-change {score.NoChangeAccuracy:0.000}, log-loss {score.LogLoss:0.000}");
