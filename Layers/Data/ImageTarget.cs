using Cnn.Layers.Data.Transform;

namespace Cnn.Layers.Data;

/// <summary>The destination of one image of a batch, and of its label where the net wants labels.</summary>
internal readonly unsafe ref struct ImageTarget
{
    private readonly TransformPlan? plan;
    private readonly long index;
    private readonly float* image;
    private readonly int size;
    private readonly float* label;

    /// <summary>Makes the destination of one image.</summary>
    /// <param name="plan">The transformation of the image; null for images that are only copied.</param>
    /// <param name="index">Its index among all images drawn since training began.</param>
    /// <param name="image">Receives the image's values in the top.</param>
    /// <param name="size">How many values.</param>
    /// <param name="label">Receives the image's label in the second top; null where there is none.</param>
    public ImageTarget(TransformPlan? plan, long index, float* image, int size, float* label)
    {
        this.plan = plan;
        this.index = index;
        this.image = image;
        this.size = size;
        this.label = label;
    }

    /// <summary>Stores an image of bytes, [C, H, W], transformed as <c>transform_param</c> says.</summary>
    public void Transform(ReadOnlySpan<byte> pixels, float labelValue)
    {
        plan!.Transform(pixels, index, image);
        SetLabel(labelValue);
    }

    /// <summary>Stores an image of floats likewise.</summary>
    public void Transform(ReadOnlySpan<float> pixels, float labelValue)
    {
        plan!.Transform(pixels, index, image);
        SetLabel(labelValue);
    }

    /// <summary>Stores an image without a transformation, [C, H, W] of the top's size.</summary>
    public void Copy(ReadOnlySpan<float> values, float labelValue)
    {
        values.CopyTo(new Span<float>(image, size));
        SetLabel(labelValue);
    }

    private void SetLabel(float value)
    {
        if (label != null)
        {
            *label = value;
        }
    }
}
