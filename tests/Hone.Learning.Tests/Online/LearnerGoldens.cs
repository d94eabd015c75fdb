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
        ["naive-bayes, 2 classes"] = "27c917e3df4f4cd4",
        ["naive-bayes, 3 classes"] = "9b0e5b0f733f8afd",
        ["naive-bayes {\"memory\":1000}, 2 classes"] = "90ff8b87d174ec67",
        ["naive-bayes {\"memory\":1000}, 3 classes"] = "7babb7324a358a84",
        ["naive-bayes {\"shrinkage\":0}, 2 classes"] = "1f55025d157a15c1",
        ["naive-bayes {\"shrinkage\":0}, 3 classes"] = "76b93ac6f47f9317",
        ["knn, 2 classes"] = "7886824394a2dcfc",
        ["knn, 3 classes"] = "43b05924fa0f77e9",
        ["knn {\"window_rows\":100,\"neighbours\":1}, 2 classes"] = "4cf3a3e4a47b13c5",
        ["knn {\"window_rows\":100,\"neighbours\":1}, 3 classes"] = "5932fcc11e2c3cb0",
        ["knn {\"vote\":\"uniform\",\"neighbours\":9}, 2 classes"] = "7886824394a2dcfc",
        ["knn {\"vote\":\"uniform\",\"neighbours\":9}, 3 classes"] = "43b05924fa0f77e9",
        ["mondrian-forest, 2 classes"] = "27b50784972384b6",
        ["mondrian-forest, 3 classes"] = "fe40367a34875643",
        ["mondrian-forest {\"step\":0.5,\"dirichlet\":0.1}, 2 classes"] = "67acd6c4d519b5ed",
        ["mondrian-forest {\"step\":0.5,\"dirichlet\":0.1}, 3 classes"] = "468bcc53c36ce828",
        ["knn, regression"] = "b751a934c0f6f068",
        ["knn {\"window_rows\":100,\"vote\":\"uniform\"}, regression"] = "838a29862baf2071",
        ["mondrian-forest, regression"] = "3c2ab7d6599f44e4",
        ["mondrian-forest {\"members\":7,\"nodes_max\":801}, 2 classes"] = "100e22f5cd70ecde",
        ["mondrian-forest {\"members\":7,\"nodes_max\":801}, 3 classes"] = "cf72289b9f837116",
        ["mondrian-forest {\"members\":5,\"nodes_max\":801,\"memory\":0}, regression"] = "5d34aa6e61383872",
    };
}
