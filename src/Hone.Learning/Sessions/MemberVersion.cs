namespace Hone.Learning.Sessions;

/// <summary>Which state of which learner said something: two votes of one member with equal versions come of the same bits.</summary>
/// <param name="Behaviour">The learner's <see cref="ICatalogEntry.Behaviour"/>.</param>
/// <param name="Generation">0 for the learner that the member started with; each later one of that member has a higher number. The specialists of a regime share that of the learner they were forked from.</param>
/// <param name="Learned">Answers it has learned since its birth, as a background learner or before it was forked included.</param>
public readonly record struct MemberVersion(int Behaviour, ulong Generation, long Learned)
{
    /// <summary>As <c>behaviour.generation.learned</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Behaviour}.{Generation}.{Learned}");
}
