using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Runner.DataSets;

/// <summary>Writes the items of a blob to a file, pass after pass.</summary>
/// <param name="name">The blob's name.</param>
/// <param name="blob">The blob, in the shape of every pass.</param>
internal abstract class FeatureWriter(string name, Blob blob) : IDisposable
{
    private readonly int[] shape = blob.Shape.ToArray();

    /// <summary>Writes the items of a pass.</summary>
    /// <param name="items">The blob.</param>
    /// <param name="labels">The labels of the items; null if there are none.</param>
    /// <exception cref="CnnException">They have another shape than at first, or writing failed.</exception>
    public void Append(Blob items, Blob? labels)
    {
        if (!items.Shape.SequenceEqual(shape))
        {
            throw new CnnException(
                $"blob '{name}' has become {items.ShapeText}, it was {string.Join(" x ", shape)}",
                "features are of one size");
        }

        Write(items, labels);
    }

    /// <summary>Completes the file and gives it its name.</summary>
    public abstract void Commit();

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Writes the items of a pass, whose shape is as it was at first.</summary>
    /// <param name="items">The blob.</param>
    /// <param name="labels">The labels of the items; null if there are none.</param>
    protected abstract void Write(Blob items, Blob? labels);
}
