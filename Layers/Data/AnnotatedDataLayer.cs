using Cnn.Layers.Data.Boxes;
using Cnn.Layers.Data.Transform;
using Cnn.Layers.Kernels.ImageTransform;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Layers.Data;

/// <summary>
/// <c>AnnotatedData</c> of SSD's fork: images with boxes around their objects, from a database of AnnotatedDatum
/// records that <c>data_param</c> names. Tops: images [N, C, H, W] and, if named, the boxes of the batch [1, 1, B, 8],
/// rows of [image in the batch, class, instance, xmin, ymin, xmax, ymax, difficult], or one row of -1 where there are
/// none; records that do not say what their annotations are give labels [N, 1, 1, 1] instead, unless <c>anno_type</c>
/// does.
/// </summary>
/// <remarks>
/// <para>
/// Each image goes through <c>distort_param</c>, <c>expand_param</c>, <c>batch_sampler</c>, <c>resize_param</c>,
/// <c>noise_param</c>, the crop and the flip, the mean and the scale, in both phases. Its boxes follow; those of which
/// nothing is left vanish.
/// </para>
/// <para>
/// All draws are a function of the seed and the image's index, as in every image source. How many boxes a batch has is
/// known when it is loaded, so the second top takes its shape in the forward pass.
/// </para>
/// </remarks>
[LayerType("AnnotatedData")]
internal sealed class AnnotatedDataLayer : DatabaseSourceLayer
{
    private readonly AnnotatedDataParameter parameter;
    private readonly TransformationParameter transform;
    private readonly BoxWindow windows;
    private readonly BoxSampler? sampler;
    private readonly ColorDistortion? distortion;
    private readonly Expansion? expansion;
    private List<LabelledBox>[] boxes = [];
    private List<Box>[] samples = [];
    private bool hasBoxes;

    /// <summary>Makes the layer.</summary>
    public AnnotatedDataLayer(LayerContext context)
        : base(context)
    {
        parameter = context.Parameter.AnnotatedDataParam ?? new AnnotatedDataParameter();
        transform = context.Parameter.TransformParam ?? new TransformationParameter();
        windows = new BoxWindow(transform.EmitConstraint);
        sampler = parameter.BatchSampler.Count > 0 ? new BoxSampler(context, parameter) : null;
        distortion = transform.DistortParam is { } colors ? new ColorDistortion(context, colors) : null;
        expansion = transform.ExpandParam is { } larger ? new Expansion(context, larger, Transformer) : null;
    }

    private protected override bool KnowsBoxes => true;

    private protected override bool HasBoxes => hasBoxes;

    private protected override ImageColor Color =>
        distortion is null || transform.ForceGray ? base.Color : ImageColor.Colour;

    private bool ChangesSize => expansion is not null || sampler is not null;

    private protected override void Open(bool hasLabels)
    {
        CheckDefinition();
        hasBoxes = true;
        base.Open(hasLabels);
        boxes = [.. Enumerable.Range(0, WorkerCount).Select(_ => new List<LabelledBox>())];
        samples = [.. Enumerable.Range(0, WorkerCount).Select(_ => new List<Box>())];
        hasBoxes = IsMadeUp || parameter.HasAnnoType || SaysType();
    }

    // Four axes, as the fork has them.
    private protected override void ShapeLabels(Blob labels) => labels.Reshape(Batch, 1, 1, 1);

    private protected override ImageShape ShapeOf(long item, int worker) =>
        ShapeOf(AnnotatedDatumView.Parse(Record(item, worker)).Datum);

    private protected override ImageShape TopShape(ImageShape image, long index) =>
        ChangesSize && Transformer.CropHeight > 0
            ? new ImageShape(image.Channels, Transformer.CropHeight, Transformer.CropWidth)
            : base.TopShape(image, index);

    private protected override void Load(long item, int worker, ImageTarget target)
    {
        AnnotatedDatumView record = AnnotatedDatumView.Parse(Record(item, worker));
        DatumView datum = record.Datum;
        List<LabelledBox> objects = boxes[worker];
        RequireType(record.Type);
        record.ReadBoxes(objects);
        if (!datum.IsEncoded && datum.Pixels.IsEmpty)
        {
            LoadFloats(datum, worker, target, objects);
            return;
        }

        ImageScratch image = ScratchOf(worker);
        if (datum.IsEncoded)
        {
            PlanarImage decoded = Decode(datum, worker);
            image.Set(new ImageShape(decoded.Channels, decoded.Height, decoded.Width), decoded.Pixels);
        }
        else
        {
            image.Set(datum.RequireShape(), datum.Pixels);
        }

        Augment(new ImageRandom(Transformer.Key, target.Index), image, objects, samples[worker]);
        Emit(objects, target.Transform(image, datum.Label), target);
    }

    private void Augment(ImageRandom random, ImageScratch image, List<LabelledBox> objects, List<Box> found)
    {
        distortion?.Run(random, image.Image);
        if (expansion?.Run(random, image) is { } larger)
        {
            windows.Project(objects, larger);
        }

        if (sampler?.Pick(random, objects, found) is { } window)
        {
            Cut(image, window.Clip());
            windows.Project(objects, window);
        }
    }

    // Whole pixels: the first ones and the numbers of them are rounded down.
    private static void Cut(ImageScratch image, Box window)
    {
        int top = Math.Min((int)(window.YMin * image.Shape.Height), image.Shape.Height - 1);
        int left = Math.Min((int)(window.XMin * image.Shape.Width), image.Shape.Width - 1);
        int height = (int)((window.YMax * image.Shape.Height) - (window.YMin * image.Shape.Height));
        int width = (int)((window.XMax * image.Shape.Width) - (window.XMin * image.Shape.Width));
        image.Cut(
            top,
            left,
            Math.Clamp(height, 1, image.Shape.Height - top),
            Math.Clamp(width, 1, image.Shape.Width - left));
    }

    private void LoadFloats(DatumView datum, int worker, ImageTarget target, List<LabelledBox> objects)
    {
        if (ChangesSize || distortion is not null)
        {
            throw new CnnException(
                "its pixels are floats", "distort_param, expand_param and batch_sampler are for images of bytes");
        }

        ImageShape shape = datum.RequireShape();
        target.Transform(shape, FloatsOf(datum, worker), datum.Label);
        ImageWindow window = PlanFor(shape).Window(target.Index, out bool isMirrored);
        Emit(objects, new ImagePlacement(shape, IsResized: false, window, isMirrored), target);
    }

    // Moves the objects as their image was moved last, and gives them to the batch.
    private void Emit(List<LabelledBox> objects, ImagePlacement image, ImageTarget target)
    {
        if (!hasBoxes || !target.WantsBoxes)
        {
            return;
        }

        if (image.IsResized)
        {
            for (int i = 0; i < objects.Count; i++)
            {
                objects[i] = objects[i] with { Box = Transformer.Resize!.Move(objects[i].Box, image.Shape) };
            }
        }

        ImageWindow window = image.Window;
        float height = window.Height, width = window.Width;
        windows.Project(objects, new Box(
            window.Left / width,
            window.Top / height,
            (window.Left + window.WindowWidth) / width,
            (window.Top + window.WindowHeight) / height));
        if (image.IsMirrored)
        {
            BoxWindow.Mirror(objects);
        }

        target.Boxes.Clear();
        target.Boxes.AddRange(objects);
    }

    // The first record that can be read tells, as the fork has it; loading finds out about those that cannot.
    private bool SaysType()
    {
        for (long item = 0; item < Math.Min(Count, 1000); item++)
        {
            try
            {
                return AnnotatedDatumView.Parse(Record(item, 0)).Type is not null;
            }
            catch (CnnException)
            {
                continue;
            }
        }

        return true;
    }

    private void RequireType(int? type)
    {
        if (hasBoxes && type is null && !parameter.HasAnnoType)
        {
            throw new CnnException(
                "it does not say what its annotations are, as the first does", "anno_type: BBOX would say so for all");
        }

        if (hasBoxes && !parameter.HasAnnoType && type != (int)AnnotatedDatum.Types.AnnotationType.Bbox)
        {
            throw new CnnException($"its annotations are of type {type}", "BBOX, 0, is the only type there is");
        }
    }

    private void CheckDefinition()
    {
        Refuse(transform.Pad > 0, TransformationParameter.PadFieldNumber, "expand_param is");
        Refuse(
            transform.Distortion is not null,
            TransformationParameter.DistortionFieldNumber,
            "expand_param, batch_sampler and distort_param are");
        Refuse(
            transform.RandomResizedCrop is not null,
            TransformationParameter.RandomResizedCropFieldNumber,
            "batch_sampler and resize_param are");
        bool isOneSize = Transformer.CropHeight > 0 || Transformer.Resize is { IsFixed: true };
        if (ChangesSize && !isOneSize)
        {
            throw Context.Error(
                sampler is null ? transform : parameter,
                sampler is null
                    ? TransformationParameter.ExpandParamFieldNumber
                    : AnnotatedDataParameter.BatchSamplerFieldNumber,
                $"{(sampler is null ? "expand_param" : "batch_sampler")} makes images of many sizes, and nothing gives "
                + "them one",
                "add resize_param with WARP or FIT_LARGE_SIZE_AND_PAD, or a crop");
        }

        void Refuse(bool isGiven, int field, string instead)
        {
            if (isGiven)
            {
                string name = TransformationParameter.Descriptor.FindFieldByNumber(field).Name;
                throw Context.Error(
                    transform,
                    field,
                    $"{name} moves pixels and not their boxes",
                    $"{instead} for images with boxes");
            }
        }
    }
}
