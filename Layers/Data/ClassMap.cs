using Cnn.Layers.Data.Boxes;
using Cnn.Layers.Data.Transform;
using Cnn.Layers.Kernels.ImageTransform;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Layers.Data;

/// <summary>
/// The maps of classes that MobileNet-YOLO's databases have beside their images, a grey image file each: what part of
/// each of its cells a class covers, [K, H, W] from 0 to 1, for the part of the image that is seen. With
/// <c>single_class</c> K is 1, and cells are 1 where the mean of the file's pixels is above 100; otherwise
/// <c>label_map_file</c> tells which of the pixels' values each of K classes has.
/// </summary>
internal sealed class ClassMap : IDisposable
{
    private const byte Bound = 100;
    private const int MostClasses = 256;

    private readonly LayerContext context;
    private readonly AnnotatedDataParameter parameter;
    private readonly int classes;
    private readonly byte[][] tables = [];
    private readonly Worker[] workers;

    /// <summary>Reads the classes.</summary>
    /// <exception cref="CnnException">They cannot be read, or a size is wrong.</exception>
    public ClassMap(LayerContext context, AnnotatedDataParameter parameter, int workerCount)
    {
        (this.context, this.parameter) = (context, parameter);
        FieldRange.Require(
            context, parameter, AnnotatedDataParameter.SegScalesFieldNumber, parameter.SegScales, 1, 1 << 14);
        Check(AnnotatedDataParameter.SegResizeHeightFieldNumber, parameter.SegResizeHeight);
        Check(AnnotatedDataParameter.SegResizeWidthFieldNumber, parameter.SegResizeWidth);
        classes = 1;
        if (!parameter.SingleClass)
        {
            tables = ReadClasses();
            classes = tables.Length;
        }

        workers = [.. Enumerable.Range(0, workerCount).Select(_ => new Worker())];

        void Check(int field, int value) => FieldRange.Require(context, parameter, field, value, 0, 1 << 14);
    }

    /// <summary>Returns the shape of an image's map.</summary>
    /// <param name="image">The image's shape in the net.</param>
    public ImageShape ShapeOf(ImageShape image) => parameter.SegResizeHeight > 0 && parameter.SegResizeWidth > 0
        ? new ImageShape(classes, parameter.SegResizeHeight, parameter.SegResizeWidth)
        : new ImageShape(
            classes, Math.Max(1, image.Height / parameter.SegScales), Math.Max(1, image.Width / parameter.SegScales));

    /// <summary>Writes the map of an image.</summary>
    /// <param name="file">The image file of the map.</param>
    /// <param name="window">The part of the image that is seen; null for all of it.</param>
    /// <param name="isMirrored">Whether the image is flipped left to right.</param>
    /// <param name="image">The image's shape in the net.</param>
    /// <param name="to">Receives the map; empty where it is not wanted.</param>
    /// <param name="worker">The worker that asks.</param>
    /// <exception cref="CnnException">There is no map, or it is damaged.</exception>
    public void Write(
        ReadOnlySpan<byte> file, Box? window, bool isMirrored, ImageShape image, Span<float> to, int worker)
    {
        if (to.IsEmpty)
        {
            return;
        }

        if (file.IsEmpty)
        {
            throw new CnnException(
                "it has no map of classes", "the third top is for records with seg_label, of MobileNet-YOLO's tools");
        }

        Worker own = workers[worker];
        PlanarImage map = own.Cut(file, window ?? Box.Whole);
        ImageShape shape = ShapeOf(image);
        int size = shape.Height * shape.Width;
        for (int c = 0; c < classes; c++)
        {
            PlanarImage cells = own.Resize(map, tables.Length == 0 ? null : tables[c], shape);
            Span<float> plane = to.Slice(c * size, size);
            for (int i = 0; i < size; i++)
            {
                byte cell = cells.Pixels[i];
                int x = i % shape.Width, at = isMirrored ? i - x + (shape.Width - 1 - x) : i;
                plane[at] = tables.Length > 0 ? cell * (1 / 255f) : cell > Bound ? 1 : 0;
            }
        }
    }

    /// <summary>Frees what the decoders hold.</summary>
    public void Dispose() => Array.ForEach(workers, worker => worker.Dispose());

    // One table a class: 255 for the values of pixels that belong to it.
    private byte[][] ReadClasses()
    {
        string path = context.Files.Find(parameter.LabelMapFile);
        if (context.MadeUp is not null && !File.Exists(path))
        {
            context.Warning(
                parameter,
                AnnotatedDataParameter.LabelMapFileFieldNumber,
                $"one class is made up: '{parameter.LabelMapFile}' is not here");
            return [new byte[ByteTable.Length]];
        }

        YoloSegLabel labels;
        try
        {
            labels = ProtoFile.Load<YoloSegLabel>(path).Message;
        }
        catch (CnnException exception) when (exception.Diagnostics[0].Location is null)
        {
            throw context.Error(parameter, AnnotatedDataParameter.LabelMapFileFieldNumber, exception);
        }

        int count = labels.Item.Count == 0 ? 0 : labels.Item.Max(item => item.LabelId);
        if (count is < 1 or > MostClasses || labels.Item.Count > ByteTable.Length)
        {
            throw context.Error(
                parameter,
                AnnotatedDataParameter.LabelMapFileFieldNumber,
                $"'{parameter.LabelMapFile}' has {labels.Item.Count} items of {count} classes",
                "an item for each value of the pixels, 256 at most, with its class, label_id, from 1");
        }

        byte[][] read = [.. Enumerable.Range(0, count).Select(_ => new byte[ByteTable.Length])];
        for (int value = 0; value < labels.Item.Count; value++)
        {
            if (labels.Item[value].LabelId > 0)
            {
                read[labels.Item[value].LabelId - 1][value] = 255;
            }
        }

        return read;
    }

    /// <summary>One thread's buffers.</summary>
    private sealed class Worker : IDisposable
    {
        private readonly ImageReader reader = new();
        private readonly ImageScratch scratch = new();
        private readonly PlanarImage of = new();
        private readonly PlanarImage cells = new();

        public PlanarImage Cut(ReadOnlySpan<byte> file, Box window)
        {
            PlanarImage map = reader.Decode(file, ImageColor.Grey);
            scratch.Set(new ImageShape(1, map.Height, map.Width), map.Pixels);
            scratch.Cut(window);
            return scratch.Image;
        }

        public void Dispose()
        {
            reader.Dispose();
            scratch.Dispose();
        }

        // By the mean of the area, of a class alone where there is a table.
        public PlanarImage Resize(PlanarImage map, byte[]? table, ImageShape shape)
        {
            of.SetSize(1, map.Height, map.Width);
            map.Pixels.CopyTo(of.Pixels);
            if (table is not null)
            {
                ByteTable.Run(of.Pixels, table);
            }

            ImageResizer.Resize(of, shape.Height, shape.Width, cells, ImageInterpolation.Area);
            return cells;
        }
    }
}
