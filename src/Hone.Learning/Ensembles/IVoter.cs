using Hone.Learning.State;

namespace Hone.Learning.Ensembles;

/// <summary>One member of an ensemble whose members learn independently of each other. All its state and working space are its own.</summary>
internal interface IVoter : ISaved
{
    /// <summary>What <see cref="ILimited"/> says of it.</summary>
    string? LimitReached { get; }

    /// <summary>Writes one vote per class, finite and 0 or more; they need not sum to one. Pure and re-entrant.</summary>
    void Vote(ReadOnlySpan<double> x, Span<double> votes);

    /// <summary>Votes, then learns the example with weight <paramref name="weight"/>.</summary>
    /// <param name="x">The features.</param>
    /// <param name="label">The class.</param>
    /// <param name="weight">How much the example counts in what is learned.</param>
    /// <param name="isCounted">Whether the vote counts where members are judged: once for each whole example, however many overlapping ones make one.</param>
    /// <param name="votes">Receives the votes.</param>
    void VoteThenLearn(ReadOnlySpan<double> x, int label, double weight, bool isCounted, Span<double> votes);
}
