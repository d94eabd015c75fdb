using Hone.Learning.State;

namespace Hone.Learning.Wrappers;

/// <summary>Makes a learner as new in place: it reads back the state in which it was built. Nothing is allocated but what the learner's own reading does.</summary>
internal sealed class BlankState
{
    private readonly ISaved _learner;
    private readonly StateReader _state;

    /// <summary>Remembers the learner as it is now, having seen nothing.</summary>
    public BlankState(ISaved learner)
    {
        var writer = new StateWriter();
        learner.Save(writer);
        (_learner, _state) = (learner, new(writer.Written.ToArray()));
    }

    public void Restore()
    {
        _state.Rewind();
        _learner.Load(_state);
    }
}
