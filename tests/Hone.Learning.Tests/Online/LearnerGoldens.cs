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
        ["hoeffding-tree, 2 classes"] = "e31f20ac4706d83b",
        ["hoeffding-tree, 3 classes"] = "918033b42726b15f",
        ["hoeffding-tree {\"leaf_prediction\":\"nb\",\"grace_period\":50,\"delta\":0.01}, 2 classes"] = "dacebda028a0727d",
        ["hoeffding-tree {\"leaf_prediction\":\"nb\",\"grace_period\":50,\"delta\":0.01}, 3 classes"] = "9433e857513f5d99",
        ["hoeffding-tree {\"grace_period\":50,\"delta\":0.01,\"leaves_max\":5}, 2 classes"] = "4346bbded937dd5f",
        ["hoeffding-tree {\"grace_period\":50,\"delta\":0.01,\"leaves_max\":5}, 3 classes"] = "918033b42726b15f",
        ["hoeffding-adaptive-tree, 2 classes"] = "c9de423859eaab35",
        ["hoeffding-adaptive-tree, 3 classes"] = "8c623cd627714725",
        ["hoeffding-adaptive-tree {\"bootstrap\":true,\"grace_period\":20,\"delta\":0.1,\"drift_delta\":0.1,\"switch_after\":30}, 2 classes"] = "2ddeb903b3721497",
        ["hoeffding-adaptive-tree {\"bootstrap\":true,\"grace_period\":20,\"delta\":0.1,\"drift_delta\":0.1,\"switch_after\":30}, 3 classes"] = "93c8d844261eec8f",
        ["extremely-fast-decision-tree, 2 classes"] = "ea8527e0683b0fe1",
        ["extremely-fast-decision-tree, 3 classes"] = "22bddfd1ff627776",
        ["extremely-fast-decision-tree {\"grace_period\":20,\"delta\":0.1,\"leaf_prediction\":\"nb\"}, 2 classes"] = "c7a6b4c54e2b7087",
        ["extremely-fast-decision-tree {\"grace_period\":20,\"delta\":0.1,\"leaf_prediction\":\"nb\"}, 3 classes"] = "bd4f80ce015df692",
    };
}
