namespace Cnn.Proto.Formats;

/// <summary>Numbers in a file, which are read when they are wanted.</summary>
public abstract class StoredArray
{
    /// <summary>How many.</summary>
    public abstract long Count { get; }

    /// <summary>Reads them all; numbers of other types become floats.</summary>
    /// <param name="values">As long as <see cref="Count"/>.</param>
    /// <exception cref="CnnException">The file cannot be read.</exception>
    public abstract void CopyTo(Span<float> values);
}
