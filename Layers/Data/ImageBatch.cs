using Cnn.Layers.Data.Boxes;
using Cnn.Layers.Data.Transform;

namespace Cnn.Layers.Data;

/// <summary>A batch of images and labels that is being loaded or waits for its turn.</summary>
internal sealed unsafe class ImageBatch
{
    private AlignedBuffer images = new(0);
    private AlignedBuffer labels = new(0);
    private ImagePlanes[] planes = [];
    private long faultIndex;

    /// <summary>The pass that the batch is for.</summary>
    public long Pass { get; private set; }

    /// <summary>The shape of its images in the top.</summary>
    public ImageShape Shape { get; private set; }

    /// <summary>Where the images go, [N, C, H, W].</summary>
    public float* Images { get; private set; }

    /// <summary>Where the labels go, [N]; null where the net wants none.</summary>
    public float* Labels { get; private set; }

    /// <summary>The objects of each image, [N]; empty where the source has none.</summary>
    public List<LabelledBox>[] Boxes { get; private set; } = [];

    /// <summary>The factors by which the sides of its only image were resized, where the source tells them.</summary>
    public (double Height, double Width) Scale { get; set; } = (1, 1);

    /// <summary>The error of the first image that cannot be loaded; null where there is none.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>The records that were skipped, in no particular order.</summary>
    public List<SkippedRecord> Skipped { get; } = [];

    /// <summary>Forgets the last batch and begins another.</summary>
    public void Begin(long pass)
    {
        Pass = pass;
        Fault = null;
        Skipped.Clear();
    }

    /// <summary>Gives the batch planes for each top besides the images.</summary>
    /// <param name="count">The number of tops, that of the images included.</param>
    public void SetTops(int count)
    {
        if (planes.Length != count - 1)
        {
            planes = [.. Enumerable.Range(1, count - 1).Select(_ => new ImagePlanes())];
        }
    }

    /// <summary>Returns what a top besides the images has for each image.</summary>
    /// <param name="top">The top, from 1.</param>
    public ImagePlanes PlanesOf(int top) => planes[top - 1];

    /// <summary>Returns what a top has for one image, [C, H, W]; none where the net does not have the top.</summary>
    /// <param name="top">The top, from 1.</param>
    /// <param name="place">The image's place in the batch.</param>
    public Span<float> PlanesOf(int top, int place) => top <= planes.Length ? planes[top - 1].Of(place) : [];

    /// <summary>Gives the batch buffers of its own.</summary>
    /// <param name="shape">The shape of its images.</param>
    /// <param name="count">Images in the batch.</param>
    /// <param name="hasLabels">Whether labels are wanted.</param>
    public void SetSize(ImageShape shape, int count, bool hasLabels)
    {
        long size = (long)shape.Count * count;
        if (images.Length < size)
        {
            images = new AlignedBuffer(checked((int)size));
        }

        if (hasLabels && labels.Length < count)
        {
            labels = new AlignedBuffer(count);
        }

        SetTarget(shape, images.Pointer, hasLabels ? labels.Pointer : null);
    }

    /// <summary>Gives the batch room for the objects of its images.</summary>
    public void SetBoxes(int count)
    {
        if (Boxes.Length != count)
        {
            Boxes = [.. Enumerable.Range(0, count).Select(_ => new List<LabelledBox>())];
        }
    }

    /// <summary>Makes the batch write to memory of others.</summary>
    public void SetTarget(ImageShape shape, float* imagesOfOthers, float* labelsOfOthers)
    {
        Shape = shape;
        Images = imagesOfOthers;
        Labels = labelsOfOthers;
    }

    /// <summary>Notes that an image cannot be loaded; of several, the error of the lowest index stays.</summary>
    public void Fail(long index, Exception fault)
    {
        lock (Skipped)
        {
            if (Fault is null || index < faultIndex)
            {
                (Fault, faultIndex) = (fault, index);
            }
        }
    }

    /// <summary>Notes that a record was passed over.</summary>
    public void Skip(SkippedRecord record)
    {
        lock (Skipped)
        {
            Skipped.Add(record);
        }
    }
}
