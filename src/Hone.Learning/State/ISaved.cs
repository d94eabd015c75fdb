namespace Hone.Learning.State;

/// <summary>State that can be written down and continued elsewhere, bit for bit.</summary>
public interface ISaved
{
    /// <summary>Writes everything that later behaviour depends on, options excepted.</summary>
    void Save(StateWriter writer);

    /// <summary>Takes over a written state; the object must have been built with the same options.</summary>
    /// <exception cref="CorruptStateException">The state is damaged or belongs to another shape; this object must then be thrown away.</exception>
    void Load(StateReader reader);
}
