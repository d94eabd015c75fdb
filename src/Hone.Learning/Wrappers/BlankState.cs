using Hone.Learning.State;

namespace Hone.Learning.Wrappers;

/// <summary>Makes a learner as new in place: it reads back the state in which it was built. That allocates a few hundred bytes, and no memory of the learner's size.</summary>
internal sealed class BlankState
{
    private readonly ISaved _learner;
    private readonly byte[] _state;

    /// <summary>Remembers the learner as it is now, having seen nothing.</summary>
    public BlankState(ISaved learner)
    {
        var writer = new StateWriter();
        learner.Save(writer);
        (_learner, _state) = (learner, writer.Written.ToArray());
    }

    public void Restore() => _learner.Load(new StateReader(_state));
}
