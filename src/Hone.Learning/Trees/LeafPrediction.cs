using System.Text.Json.Serialization;

namespace Hone.Learning.Trees;

/// <summary>How a leaf of a classification tree answers.</summary>
public enum LeafPrediction
{
    /// <summary>The frequency of each class among the examples of the leaf.</summary>
    [JsonStringEnumMemberName("mc")]
    MajorityClass,

    /// <summary>Gaussian naive Bayes over the examples of the leaf.</summary>
    [JsonStringEnumMemberName("nb")]
    NaiveBayes,

    /// <summary>Whichever of the two has been right more often in this leaf.</summary>
    [JsonStringEnumMemberName("nba")]
    NaiveBayesAdaptive,
}
