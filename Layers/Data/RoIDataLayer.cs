using Cnn.Layers.Data.Boxes;
using Cnn.Layers.Data.Transform;
using Cnn.Layers.Kernels.ImageTransform;
using Cnn.Layers.Plugins;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Layers.Data;

/// <summary>
/// py-faster-rcnn's RoIDataLayer, in the place of the Python class: one image a pass with its objects, from a database
/// of AnnotatedDatum records (<c>cnn data boxes</c> writes it). Tops: the image [1, 3, H, W], less
/// <c>pixel_means</c>; H, W and the factor by which it was resized [1, 3]; the objects [G, 5], each (x1, y1, x2, y2,
/// class) in pixels of that image, both ends of which belong to the object. Every image has its own size: the shortest
/// side is <c>scales</c>, the longest at most <c>max_size</c>.
/// </summary>
/// <remarks>
/// <para>
/// The database is named by <c>data_param { source: "voc_lmdb" }</c>, with its other fields, or by a further key of
/// <c>param_str</c>, <c>'source': 'voc_lmdb'</c>. Each epoch takes every image as it is and, with <c>use_flipped</c>,
/// flipped, in an order that is a function of the seed and the epoch. An image without objects to learn from is passed
/// over: the next one that has some takes its place. Images are resized bilinearly as bytes, before the mean is
/// subtracted.
/// </para>
/// <para>
/// Fast R-CNN's tops (images, regions [R, 5, 1, 1], labels [R, 1, 1, 1], shifts [R, 4K, 1, 1], inside and outside
/// weights) need regions that were proposed before, which no record holds: such a net is built with made-up data alone,
/// not trained. Made-up images have sides that are multiples of 32, which nets such as PVANet need.
/// </para>
/// <para>
/// What py-faster-rcnn keeps in its <c>cfg</c> are further keys of <c>param_str</c>, the same words in small letters
/// with the defaults of its config.py:
/// </para>
/// <list type="bullet">
/// <item>
/// RoIDataLayer: <c>scales</c> [600], <c>max_size</c> 1000, <c>scale_multiple_of</c> 1 (PVANet's: sides are rounded
/// down to multiples of it, and the second top is [1, 6]: H, W and twice the factors of W and H),
/// <c>ims_per_batch</c> 1 (2 without a region proposal network), <c>use_flipped</c> true, <c>use_diff</c> false,
/// <c>pixel_means</c> [102.9801, 115.9465, 122.7717]; without a region proposal network also <c>batch_size</c> 128,
/// <c>fg_fraction</c> 0.25 and <c>agnostic</c>.
/// </item>
/// <item>
/// AnchorTargetLayer: <c>rpn_positive_overlap</c> 0.7, <c>rpn_negative_overlap</c> 0.3, <c>rpn_clobber_positives</c>
/// false, <c>rpn_fg_fraction</c> 0.5, <c>rpn_batchsize</c> 256, <c>rpn_bbox_inside_weights</c> [1, 1, 1, 1],
/// <c>rpn_positive_weight</c> -1; <c>rpn_normalize_targets</c> false, <c>rpn_normalize_means</c> [0, 0, 0, 0],
/// <c>rpn_normalize_stds</c> [0.1, 0.1, 0.2, 0.2].
/// </item>
/// <item>
/// ProposalLayer: <c>rpn_nms_thresh</c> 0.7, <c>rpn_pre_nms_top_n</c> 12000 (6000 in testing),
/// <c>rpn_post_nms_top_n</c> 2000 (300), <c>rpn_min_size</c> 16, and <c>rpn_normalize_targets</c> with its means and
/// deviations as in the AnchorTargetLayer.
/// </item>
/// <item>
/// ProposalTargetLayer: <c>batch_size</c> 128 (-1 for all), <c>fg_fraction</c> 0.25, <c>fg_thresh</c> 0.5,
/// <c>bg_thresh_hi</c> 0.5, <c>bg_thresh_lo</c> 0.1 (its experiments set 0), <c>bbox_inside_weights</c> [1, 1, 1, 1],
/// <c>agnostic</c> (true where there are two classes), <c>bbox_normalize_targets</c> true and
/// <c>bbox_normalize_targets_precomputed</c> false (its experiments set true), <c>bbox_normalize_means</c> [0, 0, 0, 0]
/// and <c>bbox_normalize_stds</c> [0.1, 0.1, 0.2, 0.2].
/// </item>
/// </list>
/// <para>
/// py-faster-rcnn multiplies the weights of normalized shifts by their deviations before it writes a snapshot; here
/// a snapshot has the weights as they are trained. With <c>bbox_normalize_targets_precomputed</c> a net for testing
/// scales its <c>bbox_pred</c> itself; without it, the default, snapshots fit the nets for testing.
/// </para>
/// </remarks>
[PythonLayer("roi_data_layer.layer", "RoIDataLayer")]
internal sealed unsafe class RoIDataLayer : DatabaseSourceLayer
{
    private const int ImageValues = 3;
    private const int ObjectLength = 5;
    private const int RegionLength = 5;
    private const int RpnTops = 3;
    private const int RegionTops = 6;

    private readonly RoIDataOptions options;
    private readonly DataParameter parameter;
    private readonly PixelBoxes pixelBoxes;
    private readonly ulong scaleKey;
    private List<LabelledBox>[] objects = [];
    private AlignedBuffer means = new(0);

    /// <exception cref="CnnException">The options are wrong.</exception>
    public RoIDataLayer(LayerContext context)
        : this(context, PluginOptions.Bind<RoIDataOptions>(context))
    {
    }

    private RoIDataLayer(LayerContext context, RoIDataOptions options)
        : this(context, options, SourceOf(context.Parameter.DataParam, options))
    {
    }

    private RoIDataLayer(LayerContext context, RoIDataOptions options, DataParameter parameter)
        : base(context, parameter, (uint)(options.ImsPerBatch ?? (context.Parameter.Top.Count == RpnTops ? 1 : 2)))
    {
        (this.options, this.parameter) = (options, parameter);
        pixelBoxes = new PixelBoxes(options.UseDiff);
        scaleKey = context.Random.Key(Name, "scales");
    }

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Between(RpnTops, RegionTops);

    private protected override bool KnowsBoxes => true;

    private protected override bool HasBoxes => true;

    private protected override ImageColor Color => ImageColor.Colour;

    private protected override long Count => base.Count * (options.UseFlipped ? 2 : 1);

    private protected override bool IsShuffled => !parameter.HasShuffle || parameter.Shuffle;

    private protected override ImageShape Told =>
        new(options.PixelMeans.Length, MadeUpSide(options.Scales.Max()), MadeUpSide(options.MaxSize));

    private bool HasRpn => Parameter.Top.Count == RpnTops;

    private int ShiftClasses => options.Agnostic ?? options.NumClasses == 2 ? 2 : options.NumClasses;

    private int RegionsAnImage => Math.Max(1, (options.BatchSize < 0 ? 128 : options.BatchSize) / Batch);

    private protected override void Open(bool hasLabels)
    {
        CheckDefinition();
        means = new AlignedBuffer(options.PixelMeans.Length);
        for (int c = 0; c < options.PixelMeans.Length; c++)
        {
            means.Span[c] = (float)options.PixelMeans[c];
        }

        if (Context.MadeUp is not null && !HasRpn)
        {
            MakeUp("no record holds the regions of a net without a region proposal network", Told);
        }
        else if (Context.MadeUp is not null && parameter.Source.Length == 0)
        {
            MakeUp("no database is named", Told);
        }
        else
        {
            RequireSource();
            base.Open(hasLabels);
            objects = [.. Enumerable.Range(0, WorkerCount).Select(_ => new List<LabelledBox>())];
        }
    }

    private protected override string NameOf(long item) => base.NameOf(item % base.Count);

    private protected override ImageShape ShapeOf(long item, int worker) =>
        ShapeOf(RecordOf(item, worker).Datum);

    private protected override ImageShape TopShape(ImageShape image, ImageFit? resize, long index)
    {
        double scale = ScaleOf(image, index);
        return image with { Height = Side(image.Height, scale), Width = Side(image.Width, scale) };
    }

    private protected override void Load(long item, int worker, ImageTarget target)
    {
        PlanarImage image = ImageOf(RecordOf(item, worker).Datum, worker);
        var shape = new ImageShape(image.Channels, image.Height, image.Width);
        if (shape.Channels != means.Length)
        {
            throw new CnnException(
                $"it has {shape.Channels} channels, and pixel_means has {means.Length} values", "one for each channel");
        }

        double scale = ScaleOf(shape, target.Index);
        ImageShape top = target.Shape;
        if (top != TopShape(shape, null, target.Index))
        {
            throw new CnnException($"its header says another size than {shape}");
        }

        bool isFlipped = item >= base.Count;
        PlanarImage resized = ReaderOf(worker).Resize(image, top.Height, top.Width);
        var window = new ImageWindow(top.Channels, top.Height, top.Width, 0, 0, top.Height, top.Width);
        fixed (byte* pixels = resized.Pixels)
        fixed (float* values = target.Values)
        {
            ImageTransformKernel.Run(pixels, window, null, means.Pointer, 1, isFlipped, values);
        }

        // Multiples of a number change the ratio of the sides.
        (double Height, double Width) scales = options.ScaleMultipleOf == 1
            ? (scale, scale)
            : ((double)top.Height / shape.Height, (double)top.Width / shape.Width);
        target.SetScale(scales.Height, scales.Width);
        if (target.WantsBoxes)
        {
            target.Boxes.Clear();
            target.Boxes.AddRange(objects[worker]);
            PixelBoxes.ToPixels(target.Boxes, (shape.Height, shape.Width), scales, isFlipped);
        }
    }

    private protected override void ShapeBoxes(IReadOnlyList<Blob> tops)
    {
        if (!HasRpn)
        {
            int regions = Batch * RegionsAnImage;
            ShapeTop(tops, 1, [regions, RegionLength, 1, 1]);
            ShapeTop(tops, 2, [regions, 1, 1, 1]);
            for (int top = 3; top < RegionTops; top++)
            {
                ShapeTop(tops, top, [regions, 4 * ShiftClasses, 1, 1]);
            }

            return;
        }

        ShapeTop(tops, 1, [1, options.ScaleMultipleOf > 1 ? ImageValues + 3 : ImageValues]);
        if (tops[2].AxisCount != 2 || tops[2].Dim(1) != ObjectLength)
        {
            // How many objects there are is known when the image is loaded.
            ShapeTop(tops, 2, [1, ObjectLength]);
        }
    }

    private protected override void WriteBoxes(ImageBatch batch, IReadOnlyList<Blob> tops)
    {
        if (!HasRpn)
        {
            WriteMadeUpRegions(batch, tops);
            return;
        }

        Span<float> image = tops[1].Data;
        (image[0], image[1], image[2]) = (batch.Shape.Height, batch.Shape.Width, (float)batch.Scale.Width);
        for (int i = ImageValues; i < image.Length; i++)
        {
            image[i] = (float)(i % 2 == 1 ? batch.Scale.Height : batch.Scale.Width);
        }

        List<LabelledBox> found = batch.Boxes[0];
        ShapeTop(tops, 2, [found.Count, ObjectLength]);
        Span<float> rows = tops[2].Data;
        for (int i = 0; i < found.Count; i++)
        {
            Span<float> row = rows.Slice(i * ObjectLength, ObjectLength);
            Box box = found[i].Box;
            (row[0], row[1], row[2], row[3], row[4]) = (box.XMin, box.YMin, box.XMax, box.YMax, found[i].Group);
        }
    }

    private protected override MadeUpImages Noise(ImageShape shape) => new()
    {
        Key = Transformer.Key,
        Shape = shape,
        ChannelMean = shape.Channels == means.Length ? means : null,
        Scale = 1,
    };

    private protected override LabelledBox MadeUpObject(ImageShape shape) => new(
        1,
        0,
        new Box(shape.Width / 4, shape.Height / 4, shape.Width * 3 / 4, shape.Height * 3 / 4),
        IsDifficult: false);

    private static DataParameter SourceOf(DataParameter? parameter, RoIDataOptions options) =>
        parameter is null ? new DataParameter { Source = options.Source }
        : parameter.Source.Length > 0 ? parameter
        : new DataParameter(parameter) { Source = options.Source };

    // Nets that go down and up again need sides that they can halve five times.
    private int MadeUpSide(int side)
    {
        int multiple = options.ScaleMultipleOf > 1 ? options.ScaleMultipleOf : 32;
        return Math.Max(1, (int)Math.Round((double)side / multiple)) * multiple;
    }

    private int Side(int side, double scale)
    {
        int multiple = options.ScaleMultipleOf;
        double scaled = side * scale;
        return Math.Max(1, (int)(multiple > 1 ? Math.Floor(scaled / multiple) : Math.Round(scaled))) * multiple;
    }

    // Objects of class 1 where made-up images have them, and whole images for the background.
    private void WriteMadeUpRegions(ImageBatch batch, IReadOnlyList<Blob> tops)
    {
        int foreground = (int)Math.Round(options.FgFraction * RegionsAnImage);
        Box item = MadeUpObject(batch.Shape).Box, whole = new(0, 0, batch.Shape.Width - 1, batch.Shape.Height - 1);
        Span<float> rows = tops[1].Data, labels = tops[2].Data;
        for (int top = 3; top < RegionTops; top++)
        {
            tops[top].Data.Clear();
        }

        for (int i = 0; i < labels.Length; i++)
        {
            bool isObject = i % RegionsAnImage < foreground;
            Box box = isObject ? item : whole;
            Span<float> row = rows.Slice(i * RegionLength, RegionLength);
            (row[0], row[1], row[2], row[3], row[4]) =
                (i / RegionsAnImage, box.XMin, box.YMin, box.XMax, box.YMax);
            labels[i] = isObject ? 1 : 0;
            if (isObject)
            {
                int first = 4 * ((i * ShiftClasses) + 1);
                tops[4].Data.Slice(first, 4).Fill(1);
                tops[5].Data.Slice(first, 4).Fill(1);
            }
        }
    }

    // The shortest side becomes one of the scales, unless the longest would become too long.
    private double ScaleOf(ImageShape image, long index)
    {
        var (draw, _, _, _) = new ImageRandom(scaleKey, index).Block(0);
        double shortest = Math.Min(image.Height, image.Width), longest = Math.Max(image.Height, image.Width);
        double scale = options.Scales[ImageRandom.Below(draw, options.Scales.Length)] / shortest;
        return Math.Round(scale * longest) > options.MaxSize ? options.MaxSize / longest : scale;
    }

    private PlanarImage ImageOf(DatumView datum, int worker)
    {
        if (datum.IsEncoded)
        {
            return Decode(datum, worker);
        }

        if (datum.Pixels.IsEmpty)
        {
            throw new CnnException("its pixels are floats", "images are of bytes here");
        }

        ImageScratch scratch = ScratchOf(worker);
        scratch.Set(datum.RequireShape(), datum.Pixels);
        return scratch.Image;
    }

    // Returns the first record from an item's on that has objects to learn from, and reads them.
    private AnnotatedDatumView RecordOf(long item, int worker)
    {
        long count = base.Count;
        for (long tried = 0; tried < count; tried++)
        {
            AnnotatedDatumView record = AnnotatedDatumView.Parse(Record((item + tried) % count, worker));
            record.ReadBoxes(objects[worker]);
            pixelBoxes.Filter(objects[worker]);
            if (objects[worker].Count > 0)
            {
                RequireClasses(objects[worker]);
                return record;
            }
        }

        throw new CnnException(
            $"neither it nor any other record of '{parameter.Source}' has an object to learn from",
            options.UseDiff ? null : "'use_diff': true in param_str takes those that are hard to recognise too");
    }

    private void RequireClasses(List<LabelledBox> found)
    {
        foreach (LabelledBox item in found)
        {
            if (item.Group >= options.NumClasses)
            {
                throw new CnnException(
                    $"it has an object of class {item.Group}",
                    $"num_classes in param_str is {options.NumClasses}: 0 is background, objects are 1 to "
                    + $"{options.NumClasses - 1}");
            }
        }
    }

    private void CheckDefinition()
    {
        if (Parameter.Top.Count is not (RpnTops or RegionTops))
        {
            throw Context.Error(
                $"it has {Parameter.Top.Count} tops",
                "3 with a region proposal network: the image, its size and its objects; or 6 without: the image, "
                + "regions, labels, shifts, inside and outside weights");
        }

        if (HasRpn && Batch != 1)
        {
            throw OptionError(
                $"{Batch} images in a pass are too many for a region proposal network",
                "a pass takes one: 'ims_per_batch': 1 in param_str, or --batch 1");
        }

        if (options.Scales.Length == 0 || Array.Exists(options.Scales, scale => scale is < 1 or > 1 << 14))
        {
            throw OptionError(
                $"scales in param_str is [{string.Join(", ", options.Scales)}]", $"one or more, from 1 to {1 << 14}");
        }

        if (options.PixelMeans.Length == 0 || Array.Exists(options.PixelMeans, mean => !double.IsFinite(mean)))
        {
            throw OptionError(
                $"pixel_means in param_str is [{string.Join(", ", options.PixelMeans)}]", "a number for each channel");
        }

        if (Parameter.TransformParam is not null)
        {
            throw Context.Error(
                Parameter,
                LayerParameter.TransformParamFieldNumber,
                "RoIDataLayer has its own transformation",
                "see scales, max_size, use_flipped and pixel_means of param_str");
        }

        if (options.Source.Length > 0 && parameter.Source.Length > 0 && parameter.Source != options.Source)
        {
            throw Context.Error(
                parameter,
                DataParameter.SourceFieldNumber,
                $"source is '{parameter.Source}' in data_param and '{options.Source}' in param_str",
                "give one of them");
        }

        if (parameter.HasBatchSize && parameter.BatchSize != Batch)
        {
            throw Context.Error(
                parameter,
                DataParameter.BatchSizeFieldNumber,
                $"batch_size is {parameter.BatchSize}, ims_per_batch of param_str {Batch}",
                "remove batch_size");
        }
    }

    private void RequireSource()
    {
        if (!HasRpn)
        {
            throw Context.Error(
                Parameter,
                LayerParameter.TopFieldNumber,
                "Fast R-CNN's tops need regions proposed beforehand, which no record holds",
                "train with a region proposal network (tops 'data', 'im_info' and 'gt_boxes'), as "
                + "faster_rcnn_end2end does");
        }

        if (parameter.Source.Length == 0)
        {
            throw OptionError(
                "nothing names the images",
                "add data_param { source: \"voc_lmdb\" }, or 'source': 'voc_lmdb' to param_str: a database of images "
                + "with boxes, as `cnn data boxes` writes it");
        }
    }

    private CnnException OptionError(string text, string hint) =>
        Context.Error(Parameter.PythonParam, PythonParameter.ParamStrFieldNumber, text, hint);
}
