using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Runner.DataSets;

/// <summary>Writes the items of a blob to a file, pass after pass.</summary>
/// <param name="name">The blob's name.</param>
/// <param name="blob">The blob.</param>
internal abstract class FeatureWriter(string name, Blob blob) : IDisposable
{
    private readonly int[] shape = blob.Shape.ToArray();

    /// <summary>The blob.</summary>
    protected Blob Blob => blob;

    /// <summary>Writes the items that the blob holds now.</summary>
    /// <exception cref="CnnException">They have another shape than at first, or writing failed.</exception>
    public void Append()
    {
        if (!blob.Shape.SequenceEqual(shape))
        {
            throw new CnnException(
                $"blob '{name}' has become {blob.ShapeText}, it was {string.Join(" x ", shape)}",
                "features are of one size");
        }

        Write();
    }

    /// <summary>Completes the file and gives it its name.</summary>
    public abstract void Commit();

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Writes the items of the blob, whose shape is as it was at first.</summary>
    protected abstract void Write();
}
