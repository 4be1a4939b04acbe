namespace Cnn.Proto.Formats;

/// <summary>Numbers in a file, which are read on demand.</summary>
public abstract class StoredArray
{
    /// <summary>How many numbers there are.</summary>
    public abstract long Count { get; }

    /// <summary>Reads all numbers; those of other types become floats.</summary>
    /// <param name="values">Receives the numbers; as long as <see cref="Count"/>.</param>
    /// <exception cref="CnnException">The file cannot be read.</exception>
    public abstract void CopyTo(Span<float> values);

    /// <summary>
    /// Checks what only the numbers themselves can show, so that nothing is copied from a file that turns out damaged
    /// halfway.
    /// </summary>
    /// <exception cref="CnnException">A checksum is wrong, or a number cannot be a float.</exception>
    internal virtual void Verify()
    {
    }
}
