using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Layers.Data.Transform;

/// <summary>
/// <c>transform_param</c>: what happens to images on their way into a net, in this order: what SSD's fork adds, of
/// which all image sources have <c>resize_param</c> and <c>noise_param</c>; padding and distortion; the resized
/// crop or the crop; mirror; the change of colours; mean and scale; cutout. Checks what the definition says and
/// makes the plan for images of a shape, which any number of threads may follow.
/// </summary>
internal sealed partial class DataTransformer
{
    private const int MostPlans = 1024;

    private readonly LayerContext context;
    private readonly TransformationParameter parameter;
    private readonly ulong key;
    private readonly bool isTraining;
    private readonly Distortion? distortion;
    private readonly ResizedCrop? resizedCrop;
    private readonly ColorJitter? colorJitter;
    private readonly Cutout? cutout;
    private readonly int cropHeight;
    private readonly int cropWidth;
    private readonly int pad;
    private readonly AlignedBuffer? mean;
    private readonly ImageShape meanShape;
    private readonly float[] meanValues;
    private readonly Dictionary<ImageShape, TransformPlan> plans = [];
    private readonly ImageFit[] resizes;
    private readonly double resizeWeight;
    private readonly ImageVariation? variation;

    /// <summary>Reads the layer's <c>transform_param</c>, and the mean file that it names.</summary>
    /// <exception cref="CnnException">Fields exclude each other or are out of range, or the mean is wrong.</exception>
    public DataTransformer(LayerContext context)
    {
        this.context = context;
        parameter = context.Parameter.TransformParam ?? new TransformationParameter();
        key = context.Random.Key(context.Parameter.Name, "transform");
        isTraining = context.Parameter.Phase == Phase.Train;
        meanValues = [.. parameter.MeanValue];
        (cropHeight, cropWidth) = ReadCrop();
        pad = parameter.Pad <= 1 << 14
            ? (int)parameter.Pad
            : throw Error(
                TransformationParameter.PadFieldNumber, $"pad {parameter.Pad} is too large", $"at most {1 << 14}");
        distortion = parameter.Distortion is { } bounds ? new Distortion(context, bounds) : null;
        resizedCrop = parameter.RandomResizedCrop is { } window ? new ResizedCrop(context, window, isTraining) : null;
        colorJitter = parameter.ColorJitter is { } colors ? new ColorJitter(context, colors) : null;
        cutout = parameter.Cutout is { } squares ? new Cutout(context, squares) : null;
        resizes = ReadResizes();
        resizeWeight = parameter.ResizeParam.Sum(size => (double)size.Prob);
        variation = ImageVariation.Of(context, parameter, cropHeight, cropWidth);
        Geometry = parameter.GeometryParam is { Prob: > 0 } view ? new ImageGeometry(context, view) : null;
        Noise = parameter.NoiseParam is { Prob: > 0 } damage ? new ImageNoise(context, damage) : null;
        CheckExclusions();
        if (parameter.HasMeanFile && !LacksMean)
        {
            mean = ReadMean(out meanShape);
        }
    }

    /// <summary>What image files in records are decoded to: as stored, unless a force says otherwise.</summary>
    public ImageColor StoredColor => parameter.ForceColor ? ImageColor.Colour
        : parameter.ForceGray ? ImageColor.Grey
        : ImageColor.Stored;

    /// <summary>The mean image of <c>mean_file</c>; null for none.</summary>
    public AlignedBuffer? Mean => mean;

    /// <summary>Whether <c>resize_param</c> gives the images of a batch one size where it resizes them.</summary>
    public bool ResizesToOneSize => resizes.Length > 0 && resizes.All(r => r.IsFixed);

    /// <summary>Whether batches have one of several sizes.</summary>
    public bool HasSeveralSizes => resizes.Length > 1;

    /// <summary>Whether a fork's random sizes are asked for.</summary>
    public bool Varies => variation is not null;

    /// <summary><c>noise_param</c>; null for none.</summary>
    public ImageNoise? Noise { get; }

    /// <summary><c>geometry_param</c>; null for none.</summary>
    public ImageGeometry? Geometry { get; }

    /// <summary>Key of the layer's random stream.</summary>
    public ulong Key => key;

    /// <summary>The rows of the crop; 0 for none.</summary>
    public int CropHeight => cropHeight;

    /// <summary>The columns of the crop; 0 for none.</summary>
    public int CropWidth => cropWidth;

    private int CropField => parameter.CropSize > 0 ? TransformationParameter.CropSizeFieldNumber
        : parameter.CropH > 0 ? TransformationParameter.CropHFieldNumber
        : TransformationParameter.CropWFieldNumber;

    private string CropName => parameter.CropSize > 0 ? "crop_size" : "crop_h";

    /// <summary>The shape of <see cref="Mean"/>.</summary>
    public ImageShape MeanShape => meanShape;

    /// <summary>
    /// Returns the plan for images of a shape: the same object for each shape, unless there are very many. One thread
    /// at a time may call this; plans made before stay good.
    /// </summary>
    /// <exception cref="CnnException">The crop, the colours or the mean do not fit such images.</exception>
    public TransformPlan Plan(ImageShape shape)
    {
        if (plans.TryGetValue(shape, out TransformPlan? plan))
        {
            return plan;
        }

        if (plans.Count >= MostPlans)
        {
            plans.Clear();
        }

        ImageShape padded = Padded(shape);
        Check(padded);
        plan = new TransformPlan
        {
            Key = key,
            Image = shape,
            Padded = padded,
            Pad = pad,
            Fill = parameter.Distortion?.Fill ?? 0,
            Distortion = isTraining ? distortion : null,
            ResizedCrop = resizedCrop,
            CropHeight = cropHeight,
            CropWidth = cropWidth,
            RandomCrop = isTraining,
            Mirror = parameter.Mirror,
            ColorJitter = isTraining ? colorJitter : null,
            Mean = MeanFor(padded),
            ChannelMean = ChannelMean(shape.Channels),
            Scale = parameter.Scale,
            Cutout = isTraining ? cutout : null,
        };
        plans.Add(shape, plan);
        return plan;
    }

    /// <summary>Warns of fields that only other sources have a use for, such as those of images with boxes.</summary>
    /// <param name="takesScales">Whether the source uses <c>scale_factors</c>.</param>
    public void WarnOfBoxes(bool takesScales)
    {
        if (parameter.ScaleFactors.Count > 0 && !takesScales)
        {
            context.Warning(
                parameter,
                TransformationParameter.ScaleFactorsFieldNumber,
                "scale_factors is for ImageSegData alone");
        }

        Warn(parameter.DistortParam is not null, TransformationParameter.DistortParamFieldNumber, "color_jitter");
        Warn(parameter.ExpandParam is not null, TransformationParameter.ExpandParamFieldNumber, "distortion");
        Warn(parameter.EmitConstraint is not null, TransformationParameter.EmitConstraintFieldNumber, null);

        void Warn(bool isGiven, int field, string? instead)
        {
            if (isGiven)
            {
                context.Warning(
                    parameter,
                    field,
                    $"{TransformationParameter.Descriptor.FindFieldByNumber(field).Name} is for AnnotatedData alone",
                    instead is null ? null : $"{instead} does such a thing here");
            }
        }
    }

    private void CheckExclusions()
    {
        if (parameter.ForceColor && parameter.ForceGray)
        {
            throw Error(
                TransformationParameter.ForceGrayFieldNumber,
                "force_color and force_gray exclude each other",
                "remove one");
        }

        if (resizedCrop is not null && cropHeight > 0)
        {
            throw Error(
                CropField,
                $"{CropName} and random_resized_crop are both given",
                $"remove {CropName}; the size is that of random_resized_crop");
        }

        if (!parameter.HasMeanFile)
        {
            return;
        }

        if (parameter.MeanFile.Length == 0)
        {
            throw Error(
                TransformationParameter.MeanFileFieldNumber, "mean_file names no file", "remove it or name the file");
        }

        if (meanValues.Length > 0)
        {
            throw Error(
                TransformationParameter.MeanValueFieldNumber, "mean_file and mean_value are both given", "give one");
        }

        if (pad > 0)
        {
            throw Error(
                TransformationParameter.PadFieldNumber,
                "pad and mean_file are both given",
                "the mean of what lies outside the image is not known; use mean_value");
        }

        if (resizedCrop is not null)
        {
            throw Error(
                TransformationParameter.MeanFileFieldNumber,
                "mean_file and random_resized_crop are both given",
                "the mean image has no pixels of the resized ones; use mean_value");
        }
    }

    // A square of crop_size, crop_h x crop_w or crop_height x crop_width; 0 x 0 for none.
    private (int Height, int Width) ReadCrop()
    {
        if (parameter.CropSize > int.MaxValue)
        {
            throw Error(TransformationParameter.CropSizeFieldNumber, $"crop_size {parameter.CropSize} is too large");
        }

        if (parameter.CropHeight > 0 || parameter.CropWidth > 0)
        {
            return ReadForksCrop(parameter.CropHeight, parameter.CropWidth);
        }

        if (parameter.CropH == 0 && parameter.CropW == 0)
        {
            return ((int)parameter.CropSize, (int)parameter.CropSize);
        }

        if (parameter.CropSize > 0)
        {
            throw Error(
                TransformationParameter.CropSizeFieldNumber,
                "crop_size is given together with crop_h or crop_w",
                "give crop_size, or crop_h and crop_w");
        }

        if (parameter.CropH == 0 || parameter.CropW == 0)
        {
            string missing = parameter.CropH == 0 ? "crop_h" : "crop_w";
            throw Error(CropField, $"{missing} is missing", "crop_h and crop_w go together");
        }

        return parameter.CropH <= int.MaxValue && parameter.CropW <= int.MaxValue
            ? ((int)parameter.CropH, (int)parameter.CropW)
            : throw Error(CropField, $"crop_h {parameter.CropH} x crop_w {parameter.CropW} is too large");
    }

    private (int Height, int Width) ReadForksCrop(uint height, uint width)
    {
        int field = height > 0
            ? TransformationParameter.CropHeightFieldNumber
            : TransformationParameter.CropWidthFieldNumber;
        if (parameter.CropSize > 0 || parameter.CropH > 0 || parameter.CropW > 0)
        {
            throw Error(
                field,
                "crop_height and crop_width are given besides another crop",
                "give crop_size, or crop_h and crop_w, or crop_height and crop_width");
        }

        if (height == 0 || width == 0 || Math.Max(height, width) > int.MaxValue)
        {
            throw Error(field, $"the crop is crop_height {height} x crop_width {width}", "give both, in pixels");
        }

        return ((int)height, (int)width);
    }

    private AlignedBuffer ReadMean(out ImageShape shape)
    {
        try
        {
            float[] values = MeanFile.Read(context.Files.Find(parameter.MeanFile), out shape);
            var buffer = new AlignedBuffer(values.Length);
            values.CopyTo(buffer.Span);
            return buffer;
        }
        catch (CnnException exception)
        {
            Diagnostic first = exception.Diagnostics[0];
            throw Error(TransformationParameter.MeanFileFieldNumber, first.Message, first.Hint);
        }
    }

    /// <summary>Returns <c>mean_value</c> for each channel; null where it is not given.</summary>
    public AlignedBuffer? ChannelMean(int channels)
    {
        if (meanValues.Length == 0)
        {
            return null;
        }

        var means = new AlignedBuffer(channels);
        for (int c = 0; c < channels; c++)
        {
            means.Span[c] = meanValues[meanValues.Length == 1 ? 0 : c];
        }

        return means;
    }

    private ImageShape Padded(ImageShape shape)
    {
        long height = shape.Height + (2L * pad), width = shape.Width + (2L * pad);
        return shape.Channels * height * width <= int.MaxValue / 2
            ? new ImageShape(shape.Channels, (int)height, (int)width)
            : throw Error(TransformationParameter.PadFieldNumber, $"pad {pad} makes images of {shape} too large");
    }

    private void Check(ImageShape shape)
    {
        if (cropHeight > shape.Height || cropWidth > shape.Width)
        {
            throw parameter.CropSize > 0
                ? Error(
                    CropField,
                    $"crop_size {cropHeight} is larger than the images, {shape}",
                    $"at most {Math.Min(shape.Height, shape.Width)}")
                : Error(
                    CropField,
                    $"the crop, crop_h {cropHeight} x crop_w {cropWidth}, is larger than the images, {shape}");
        }

        if (mean is not null && meanShape != shape && variation is not { CentresMean: true })
        {
            throw Error(
                TransformationParameter.MeanFileFieldNumber,
                $"the mean in '{parameter.MeanFile}' is {meanShape}, the images are {shape}",
                "compute the mean of this data set, before any crop");
        }

        CheckMeanValues(shape);
    }

    private void CheckMeanValues(ImageShape shape)
    {
        if (meanValues.Length > 1 && meanValues.Length != shape.Channels)
        {
            throw Error(
                TransformationParameter.MeanValueFieldNumber,
                $"{meanValues.Length} mean values for {shape.Channels} channels",
                "give one for all or one per channel");
        }

        colorJitter?.Check(shape);
        if (resizedCrop is not null && (long)shape.Channels * resizedCrop.Height * resizedCrop.Width > int.MaxValue / 2)
        {
            throw Error(
                TransformationParameter.RandomResizedCropFieldNumber,
                $"random_resized_crop makes images of {shape} too large",
                $"at most {int.MaxValue / 2 / shape.Channels} pixels a channel");
        }
    }

    private CnnException Error(int field, string text, string? hint = null) =>
        context.Error(parameter, field, text, hint);
}
