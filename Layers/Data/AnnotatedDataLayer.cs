using Cnn.Layers.Data.Boxes;
using Cnn.Layers.Data.Transform;
using Cnn.Layers.Kernels.ImageTransform;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Google.Protobuf;

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
/// Each image goes through <c>distort_param</c>, <c>expand_param</c>, <c>geometry_param</c>, <c>batch_sampler</c>,
/// <c>resize_param</c>, <c>noise_param</c>, the crop and the flip, the mean and the scale, in both phases. Its boxes
/// follow; those of which nothing is left vanish.
/// </para>
/// <para>
/// MobileNet-YOLO's fork: <c>yolo_data_jitter</c> cuts a part out of images without a batch_sampler;
/// <c>yolo_data_type</c> gives boxes [N, 1, 300, 5] instead, see <see cref="YoloRows"/>; and a third top has a map of
/// classes [N, K, H', W'] for each image, see <see cref="ClassMap"/>.
/// </para>
/// <para>
/// All draws are a function of the seed and the image's index, as in every image source. How many boxes a batch has is
/// known when it is loaded, so the second top takes its shape in the forward pass.
/// </para>
/// </remarks>
[LayerType("AnnotatedData")]
internal sealed class AnnotatedDataLayer : DatabaseSourceLayer
{
    // MobileNet-YOLO's default.
    private const float YoloJitter = 0.3f;

    private readonly AnnotatedDataParameter parameter;
    private readonly TransformationParameter transform;
    private readonly BoxWindow windows;
    private readonly BoxSampler? sampler;
    private readonly ColorDistortion? distortion;
    private readonly Expansion? expansion;
    private readonly float jitter;
    private readonly bool givesYoloRows;
    private ClassMap? maps;
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
        givesYoloRows = parameter.YoloDataType == 1;
        jitter = sampler is not null ? 0
            : parameter.HasYoloDataJitter ? parameter.YoloDataJitter
            : IsOfYolo ? YoloJitter
            : 0;
        FieldRange.Require(context, parameter, AnnotatedDataParameter.YoloDataJitterFieldNumber, jitter, 0, 1);
    }

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Between(1, 3);

    private protected override bool KnowsBoxes => true;

    private protected override bool HasBoxes => hasBoxes && !givesYoloRows;

    private protected override ImageColor Color =>
        distortion is null || transform.ForceGray ? base.Color : ImageColor.Colour;

    private bool ChangesSize => expansion is not null || sampler is not null || jitter > 0;

    // Whether one of the fields is given that only MobileNet-YOLO's fork has.
    private bool IsOfYolo => parameter.HasYoloDataType || parameter.HasTrainDiffcult || parameter.HasSingleClass
        || parameter.HasSegScales || parameter.HasSegResizeWidth || parameter.HasSegResizeHeight
        || Transformer.HasSeveralSizes;

    private protected override void Open(bool hasLabels)
    {
        CheckDefinition();
        hasBoxes = true;
        if (TopsWanted > 2)
        {
            maps = new ClassMap(Context, parameter, WorkerCount);
        }

        base.Open(hasLabels);
        boxes = [.. Enumerable.Range(0, WorkerCount).Select(_ => new List<LabelledBox>())];
        samples = [.. Enumerable.Range(0, WorkerCount).Select(_ => new List<Box>())];
        hasBoxes = IsMadeUp || parameter.HasAnnoType || SaysType();
    }

    private protected override void Close()
    {
        maps?.Dispose();
        base.Close();
    }

    // Four axes, as the fork has them.
    private protected override void ShapeLabels(Blob labels) => labels.Reshape(Batch, 1, 1, 1);

    private protected override ImageShape ShapeOf(long item, int worker) =>
        ShapeOf(AnnotatedDatumView.Parse(Record(item, worker)).Datum);

    private protected override ImageShape TopShape(ImageShape image, ImageFit? resize, long index) =>
        ChangesSize && Transformer.CropHeight > 0
            ? new ImageShape(image.Channels, Transformer.CropHeight, Transformer.CropWidth)
            : base.TopShape(image, resize, index);

    private protected override ImageShape? PlanesOf(int top, ImageShape image) => top switch
    {
        1 when hasBoxes && givesYoloRows => YoloRows.Shape,
        2 => maps!.ShapeOf(image),
        _ => null,
    };

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

        var random = new ImageRandom(Transformer.Key, target.Index);
        Box? window = Augment(random, image, objects, samples[worker], BatchOf(target.Index));
        ImagePlacement placement = target.Transform(image, datum.Label);
        Emit(objects, placement, target);
        if (maps is not null)
        {
            maps.Write(datum.Map, window, placement.IsMirrored, target.Shape, target.Planes(2), worker);
        }
    }

    // Returns the part of the image that was cut out.
    private Box? Augment(
        ImageRandom random, ImageScratch image, List<LabelledBox> objects, List<Box> found, long batch)
    {
        distortion?.Run(random, image.Image);
        if (expansion?.Run(random, image) is { } larger)
        {
            windows.Project(objects, larger);
        }

        Transformer.Geometry?.Run(random, image, objects);
        Box? picked = sampler is null && jitter > 0 ? Jitter(random, Transformer.ResizeOf(batch))
            : sampler?.Pick(random, objects, found);
        if (picked is { } window)
        {
            picked = window.Clip();
            image.Cut(window.Clip());
            windows.Project(objects, window);
        }

        return picked;
    }

    // A fifth of the images stays whole, and another one is cut half as much. Where images are padded to their size,
    // the aspect stays.
    private Box Jitter(ImageRandom random, ImageFit? resize)
    {
        var (kind, across, down, left) = random.Block(ImageRandom.BoxJitter);
        uint top = random.Block(ImageRandom.BoxJitter + 1).A;
        if (ImageRandom.Happens(kind, 0.2))
        {
            return Box.Whole;
        }

        float share = ImageRandom.Happens(kind, 0.4) ? jitter / 2 : jitter;
        float width = (float)ImageRandom.Between(across, 1 - share, 1);
        float height = resize is { Pads: true } ? width : (float)ImageRandom.Between(down, 1 - share, 1);
        float x = (float)ImageRandom.Between(left, 0, 1 - width), y = (float)ImageRandom.Between(top, 0, 1 - height);
        return new Box(x, y, x + width, y + height);
    }

    private void LoadFloats(DatumView datum, int worker, ImageTarget target, List<LabelledBox> objects)
    {
        if (ChangesSize || distortion is not null || Transformer.Geometry is not null || maps is not null)
        {
            throw new CnnException(
                "its pixels are floats",
                "distort_param, expand_param, geometry_param, batch_sampler and maps are for images of bytes");
        }

        ImageShape shape = datum.RequireShape();
        target.Transform(shape, FloatsOf(datum, worker), datum.Label);
        ImageWindow window = PlanFor(shape).Window(target.Index, out bool isMirrored);
        Emit(objects, new ImagePlacement(shape, Resize: null, window, isMirrored), target);
    }

    // Moves the objects as their image was moved last, and gives them to the batch.
    private void Emit(List<LabelledBox> objects, ImagePlacement image, ImageTarget target)
    {
        bool wantsRows = givesYoloRows && !target.Planes(1).IsEmpty;
        if (!hasBoxes || !(target.WantsBoxes || wantsRows))
        {
            return;
        }

        for (int i = 0; image.Resize is not null && i < objects.Count; i++)
        {
            objects[i] = objects[i] with { Box = image.Resize.Move(objects[i].Box, image.Shape) };
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

        if (wantsRows)
        {
            YoloRows.Write(objects, parameter.TrainDiffcult, target.Planes(1));
            return;
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

        bool isBoxes = type is (int)AnnotatedDatum.Types.AnnotationType.Bbox
            or (int)AnnotatedDatum.Types.AnnotationType.BboxandSeg;
        if (hasBoxes && !parameter.HasAnnoType && !isBoxes)
        {
            throw new CnnException(
                $"its annotations are of type {type}", "BBOX, 0, and BBOXandSeg, 1, are the only types there are");
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
        Refuse(
            Transformer.Varies,
            transform.RandomResizeParam is not null ? TransformationParameter.RandomResizeParamFieldNumber
            : transform.RandomAspectRatioParam is not null ? TransformationParameter.RandomAspectRatioParamFieldNumber
            : TransformationParameter.ImgRandResizeLowerFieldNumber,
            "batch_sampler and resize_param are");
        if (parameter.YoloDataType is not (0 or 1))
        {
            throw Context.Error(
                parameter,
                AnnotatedDataParameter.YoloDataTypeFieldNumber,
                $"yolo_data_type is {parameter.YoloDataType}",
                "0 gives SSD's rows, 1 those of darknet");
        }

        if (ChangesSize && Transformer.CropHeight == 0 && !Transformer.ResizesToOneSize)
        {
            var (message, field, name) = sampler is not null
                ? (parameter, AnnotatedDataParameter.BatchSamplerFieldNumber, "batch_sampler")
                : jitter > 0 ? (parameter, AnnotatedDataParameter.YoloDataJitterFieldNumber, "yolo_data_jitter")
                : ((IMessage)transform, TransformationParameter.ExpandParamFieldNumber, "expand_param");
            throw Context.Error(
                message,
                field,
                $"{name} makes images of many sizes, and nothing gives them one",
                "add resize_param with WARP or FIT_LARGE_SIZE_AND_PAD, or a crop");
        }

        bool movesImageAlone = expansion is not null || Transformer.Geometry is not null
            || transform.ResizeParam.Any(r => r.ResizeMode == ResizeParameter.Types.Resize_mode.FitLargeSizeAndPad)
            || Transformer.CropHeight > 0;
        if (TopsWanted > 2 && movesImageAlone)
        {
            throw Context.Error(
                transform,
                0,
                "the map of classes does not follow expand_param, geometry_param, a crop or padding",
                "yolo_data_jitter, batch_sampler and resize_param with WARP move it too");
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
