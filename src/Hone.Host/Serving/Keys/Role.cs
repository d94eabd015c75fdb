namespace Hone.Host.Serving.Keys;

/// <summary>What a key may do; each includes the ones before it.</summary>
public enum Role
{
    /// <summary>See everything that holds no secret.</summary>
    Read,

    /// <summary>Ask and answer: predictions, outcomes, bars.</summary>
    Ingest,

    /// <summary>Start and stop, promote and roll back.</summary>
    Operate,

    /// <summary>Everything, keys included.</summary>
    Admin,
}
