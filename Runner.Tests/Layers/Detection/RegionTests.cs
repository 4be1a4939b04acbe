using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Layers.Kernels.Regions;
using Cnn.Layers.Threading;
using Cnn.Tests.Layers.Kernels;

namespace Cnn.Tests.Layers.Detection;

/// <summary>Compares the kernels over regions with references, and makes regions for other tests.</summary>
public unsafe class RegionTests
{
    /// <summary>Returns regions (image, x1, y1, x2, y2), some of them beyond the image.</summary>
    internal static float[] Random(int regions, int images, int width, int height)
    {
        var random = new PhiloxRandom(7);
        var values = new float[5 * regions];
        for (int i = 0; i < values.Length; i += 5)
        {
            float x = (random.NextSingle() * 1.4f * width) - (0.2f * width);
            float y = (random.NextSingle() * 1.4f * height) - (0.2f * height);
            values[i] = random.Next(images);
            (values[i + 1], values[i + 2]) = (x, y);
            values[i + 3] = x + (random.NextSingle() * width * 0.7f) - 2;
            values[i + 4] = y + (random.NextSingle() * height * 0.7f) - 2;
        }

        return values;
    }

    [Theory]
    [InlineData(2, 3, 9, 11, 40, 3, 4)]
    [InlineData(1, 16, 5, 5, 3, 1, 1)]
    [InlineData(2, 131, 6, 13, 140, 7, 7)]
    [InlineData(1, 2, 150, 150, 4, 2, 3)]
    [Trait("Category", "Kernel")]
    public void MaximaAreThoseOfTheReference(
        int images, int channels, int height, int width, int regions, int rows, int columns)
    {
        var shape = new RegionShape(images, channels, height, width, regions, rows, columns);
        AlignedBuffer x = Numbers.Random(images * channels * shape.PlaneSize, 1);
        x.Span[0] = float.NaN;
        float[] boxes = Random(regions, images, width, height);
        int[] table = GC.AllocateArray<int>((int)RegionCells.Size(shape), pinned: true);
        int outputs = regions * channels * shape.Cells;
        int[] at = GC.AllocateArray<int>(outputs, pinned: true);
        int[] expectedAt = GC.AllocateArray<int>(outputs, pinned: true);
        AlignedBuffer y = new(outputs + 1), values = new(outputs + 1), expected = new(outputs);
        using var pool = new WorkerPool(2);
        fixed (int* cellsTable = table, indices = at, expectedIndices = expectedAt)
        fixed (float* box = boxes)
        {
            var cells = new RegionCells(cellsTable, shape);
            for (int r = 0; r < regions; r++)
            {
                cells.SetPixels(r, (int)boxes[5 * r], box + (5 * r) + 1, 1);
                for (int c = 0; c < channels; c++)
                {
                    int to = ((r * channels) + c) * shape.Cells;
                    RoiMaxPooling.ForwardReference(
                        x.Pointer + (((cells.Image(r) * channels) + c) * shape.PlaneSize), cells, r,
                        expected.Pointer + to, expectedIndices + to, shape);
                }
            }

            y.Span[outputs] = Numbers.Guard;
            RoiMaxPooling.Forward(x.Pointer, cells, y.Pointer, indices, shape, pool);
            RoiMaxPooling.Forward(x.Pointer, cells, values.Pointer, null, shape, pool);
        }

        Assert.Equal(Numbers.Guard, y.Span[outputs]);
        Assert.Equal(expectedAt, at);
        Assert.Equal(expected.Span.ToArray(), y.Span[..outputs].ToArray());
        Assert.Equal(expected.Span.ToArray(), values.Span[..outputs].ToArray());
    }
}
