namespace Hone.Learning.Tests.Online;

/// <summary>Hashes of the saved state of every learner after 2,000 examples. A changed one needs a raised Behaviour or StateFormat of its entry.</summary>
internal static class LearnerGoldens
{
    public static readonly Dictionary<string, string> States = new()
    {
        ["no-change, 2 classes"] = "4c0dfd9979833379",
        ["no-change, 3 classes"] = "68f3c60c1b26e1a2",
        ["majority, 2 classes"] = "dca1d0ce4df58a63",
        ["majority, 3 classes"] = "ce22cbcf33be9ce1",
        ["logistic-regression, 2 classes"] = "82649d6833f53f04",
        ["logistic-regression, 3 classes"] = "cfd70284e0e50e41",
        ["passive-aggressive, 2 classes"] = "24307217cd528aa3",
        ["passive-aggressive, 3 classes"] = "4f4ba7f2c2ba436c",
        ["mlp, 2 classes"] = "adbafbfae70d3f9a",
        ["mlp, 3 classes"] = "5e2beb26e04cf858",
    };
}
