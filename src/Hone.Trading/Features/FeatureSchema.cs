namespace Hone.Trading.Features;

/// <summary>The features of a session, in order. Its hash stands with every model and every prediction.</summary>
public sealed class FeatureSchema
{
    private readonly Dictionary<string, int> _index = [];

    /// <summary>A schema of these features in this order.</summary>
    /// <exception cref="ArgumentException">A name occurs twice.</exception>
    public FeatureSchema(IReadOnlyList<FeatureInfo> features)
    {
        Features = features;
        for (var i = 0; i < features.Count; i++)
            if (!_index.TryAdd(features[i].Name, i))
                throw new ArgumentException($"There are two features named '{features[i].Name}'.", nameof(features));
        Hash = ComputeHash(features);
    }

    /// <summary>The features in order.</summary>
    public IReadOnlyList<FeatureInfo> Features { get; }

    /// <summary>Hash of names, warm-ups, strides and behaviour numbers, 16 hex digits.</summary>
    public string Hash { get; }

    /// <summary>Position of a feature.</summary>
    /// <exception cref="Hone.Learning.InvalidOptionsException">There is none of that name.</exception>
    public int IndexOf(string name)
        => _index.TryGetValue(name, out var index)
            ? index
            : throw new Hone.Learning.InvalidOptionsException($"There is no feature '{name}'. `hone catalog features` lists them.");

    private static string ComputeHash(IReadOnlyList<FeatureInfo> features)
    {
        var hash = 14695981039346656037UL;
        foreach (var feature in features)
            foreach (var c in $"{feature.Name}/{feature.WarmUpBars}/{feature.StrideBars}/{feature.Behaviour};")
                hash = (hash ^ c) * 1099511628211UL;
        return hash.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
    }
}
