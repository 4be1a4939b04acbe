using Cnn.Layers.Data.Transform;

namespace Cnn.Layers.Data;

/// <summary>What a top besides the images holds for each image of a batch, such as a map of its labels.</summary>
internal sealed unsafe class ImagePlanes
{
    private AlignedBuffer buffer = new(0);
    private float* values;
    private int size;

    /// <summary>Makes the planes write to a top.</summary>
    /// <param name="shape">The shape for each image, [C, H, W]; null for a top that is written otherwise.</param>
    /// <param name="top">The top, [N, C, H, W].</param>
    public void SetTarget(ImageShape? shape, Blob top)
    {
        size = shape?.Count ?? 0;
        values = size == 0 ? null : top.DataPointer;
    }

    /// <summary>Gives the planes memory of their own.</summary>
    /// <param name="shape">The shape for each image; null for a top that is written otherwise.</param>
    /// <param name="images">Images in the batch.</param>
    public void SetSize(ImageShape? shape, int images)
    {
        size = shape?.Count ?? 0;
        long all = (long)size * images;
        if (buffer.Length < all)
        {
            buffer = new AlignedBuffer(checked((int)all));
        }

        values = buffer.Pointer;
    }

    /// <summary>Returns an image's values, [C, H, W]; none for a top that is written otherwise.</summary>
    /// <param name="place">The image's place in the batch.</param>
    public Span<float> Of(int place) => size == 0 ? [] : new Span<float>(values + ((long)place * size), size);

    /// <summary>Copies the values to the top, if they are its.</summary>
    public void CopyTo(Blob top)
    {
        if (size > 0)
        {
            new ReadOnlySpan<float>(values, top.Count).CopyTo(top.Data);
        }
    }
}
