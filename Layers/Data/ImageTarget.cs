using Cnn.Layers.Data.Boxes;
using Cnn.Layers.Data.Transform;
using Cnn.Layers.Kernels.ImageTransform;
using Cnn.Proto;

namespace Cnn.Layers.Data;

/// <summary>The destination of one image of a batch, and of its label where the net wants labels.</summary>
internal readonly unsafe ref struct ImageTarget
{
    private readonly ImageSourceLayer layer;
    private readonly ImageBatch batch;
    private readonly int place;
    private readonly int worker;

    /// <summary>Makes the destination of one image.</summary>
    /// <param name="layer">Whose transformation is applied.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="place">The image's place in the batch.</param>
    /// <param name="index">Its index among all images drawn since training began.</param>
    /// <param name="worker">The worker that loads it.</param>
    public ImageTarget(ImageSourceLayer layer, ImageBatch batch, int place, long index, int worker)
    {
        this.worker = worker;
        this.layer = layer;
        this.batch = batch;
        this.place = place;
        Index = index;
    }

    /// <summary>The image's index among all images drawn since training began.</summary>
    public long Index { get; }

    /// <summary>The image's place in the batch, from 0.</summary>
    public int Place => place;

    /// <summary>The shape of the batch's images in the top.</summary>
    public ImageShape Shape => batch.Shape;

    /// <summary>The image's values in the top, [C, H, W].</summary>
    public Span<float> Values => new(Image, batch.Shape.Count);

    /// <summary>Whether the net wants the image's objects.</summary>
    public bool WantsBoxes => batch.Boxes.Length > 0;

    /// <summary>The image's objects, where the source has them; may hold those of another batch still.</summary>
    public List<LabelledBox> Boxes => batch.Boxes[place];

    /// <summary>
    /// Returns what a top besides the images has for this image, [C, H, W]; empty where the net does not want it.
    /// </summary>
    /// <param name="top">The top, from 1.</param>
    public Span<float> Planes(int top) => batch.PlanesOf(top, place);

    private float* Image => batch.Images + ((long)place * batch.Shape.Count);

    /// <summary>Stores an image of bytes, transformed as <c>transform_param</c> says.</summary>
    /// <param name="shape">The shape of the image before the transformation.</param>
    /// <param name="pixels">The image, [C, H, W].</param>
    /// <param name="label">Its label.</param>
    /// <exception cref="CnnException">The transformed image has another shape than the batch's first one.</exception>
    public void Transform(ImageShape shape, ReadOnlySpan<byte> pixels, float label)
    {
        if (layer.EditsImages)
        {
            ImageScratch scratch = layer.ScratchOf(worker);
            scratch.Set(shape, pixels);
            Transform(scratch, label);
            return;
        }

        PlanFor(shape).Transform(pixels, Index, Image);
        SetLabel(label);
    }

    /// <summary>Stores an image that its loader has changed already.</summary>
    /// <param name="image">The image, which is changed further.</param>
    /// <param name="label">Its label.</param>
    /// <returns>Which part of the image it is now.</returns>
    /// <exception cref="CnnException">The transformed image has another shape than the batch's first one.</exception>
    public ImagePlacement Transform(ImageScratch image, float label)
    {
        ImageShape shape = image.Shape;
        ImageFit? resize = layer.Edit(image, Index);
        TransformPlan plan = PlanFor(image.Shape);
        plan.Transform(image.Image.Pixels, Index, Image);
        SetLabel(label);
        ImageWindow window = plan.Window(Index, out bool isMirrored);
        return new ImagePlacement(shape, resize, window, isMirrored);
    }

    /// <summary>Stores an image of floats likewise.</summary>
    /// <exception cref="CnnException">See above; or resize_param or noise_param is given.</exception>
    public void Transform(ImageShape shape, ReadOnlySpan<float> pixels, float label)
    {
        if (layer.EditsImages)
        {
            throw new CnnException(
                "its pixels are floats", "resize_param, noise_param and the like are for images of bytes");
        }

        PlanFor(shape).Transform(pixels, Index, Image);
        SetLabel(label);
    }

    /// <summary>Stores an image without a transformation, [C, H, W] of the top's size.</summary>
    public void Copy(ReadOnlySpan<float> values, float label)
    {
        values.CopyTo(Values);
        SetLabel(label);
    }

    /// <summary>Stores the label where the net wants labels.</summary>
    public void SetLabel(float value)
    {
        if (batch.Labels != null)
        {
            batch.Labels[place] = value;
        }
    }

    /// <summary>Stores the factors by which the sides of the batch's only image were resized.</summary>
    public void SetScale(double height, double width) => batch.Scale = (height, width);

    private TransformPlan PlanFor(ImageShape shape)
    {
        TransformPlan plan = layer.PlanFor(shape);
        return plan.Output == batch.Shape
            ? plan
            : throw new CnnException(
                $"it makes an image of {plan.Output}, the first of its batch is {batch.Shape}",
                "images of different sizes need batch_size 1, a crop, or to be resized");
    }
}
