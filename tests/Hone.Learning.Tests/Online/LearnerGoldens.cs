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
        ["streaming-gradient-boosting, 2 classes"] = "aa56fe51aa7fc5ad",
        ["streaming-gradient-boosting, 3 classes"] = "10e25830eecf492a",
        ["streaming-gradient-boosting {\"members\":5,\"leaves_max\":4,\"lifetime\":500}, 2 classes"] = "4a20f699c9dfb4ef",
        ["streaming-gradient-boosting {\"members\":5,\"leaves_max\":4,\"lifetime\":500}, 3 classes"] = "b1e5125cd0113f1d",
        ["streaming-gradient-boosting {\"members\":10,\"fast_memory\":0,\"split_confidence\":0.05}, 2 classes"] = "ad966393d2f29a4d",
        ["streaming-gradient-boosting {\"members\":10,\"fast_memory\":0,\"split_confidence\":0.05}, 3 classes"] = "13eb76774f2c16b9",
        ["hoeffding-tree, regression"] = "a18aa920cdfc6166",
        ["hoeffding-tree {\"leaf\":\"mean\"}, regression"] = "104991643bb22af8",
        ["hoeffding-tree {\"leaf\":\"linear\"}, regression"] = "a18aa920cdfc6166",
        ["hoeffding-adaptive-tree, regression"] = "2dc1a8d546b20e78",
        ["adaptive-random-forest, regression"] = "9060cf8ba2626372",
        ["adaptive-random-forest {\"leaf\":\"mean\"}, regression"] = "175c28fccf8e847e",
        ["streaming-gradient-boosting, regression"] = "f80e7ea0fcf7c3d6",
        ["streaming-gradient-boosting {\"fast_memory\":0}, regression"] = "4a87d4f7eb7e5d4c",
    };
}
