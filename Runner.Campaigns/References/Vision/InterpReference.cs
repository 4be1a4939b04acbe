using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Vision;

/// <summary>Bilinear resizing with aligned corners, after rows and columns are cut off.</summary>
[Reference("Interp")]
internal sealed class InterpReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        InterpParameter options = call.Layer.InterpParam;
        ReferenceBlob x = call.Bottoms[0];
        int height = x.Shape[2] + options.PadBeg + options.PadEnd, width = x.Shape[3] + options.PadBeg + options.PadEnd;
        int newHeight = options.UseBlobSize ? call.Bottoms[1].Shape[2] : Resized(options, height, options.Height);
        int newWidth = options.UseBlobSize ? call.Bottoms[1].Shape[3] : Resized(options, width, options.Width);
        ReferenceBlob y = call.Top(0, x.Shape[0], x.Shape[1], newHeight, newWidth);
        for (int plane = 0; plane < x.CountOf(0, 2); plane++)
        {
            var cut = new double[height * width];
            for (int i = 0; i < cut.Length; i++)
            {
                int h = (i / width) - options.PadBeg, w = (i % width) - options.PadBeg;
                cut[i] = x.Data[(plane * x.CountOf(2)) + (h * x.Shape[3]) + w];
            }

            Interpolation.Resize(cut, width, newHeight, newWidth).CopyTo(y.Data, plane * newHeight * newWidth);
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var options = new InterpParameter();
        if (random.Chance(0.2))
        {
            options.UseBlobSize = true;
        }
        else
        {
            // A single factor wins over height and width, and they over both.
            int kind = random.Between(0, 4);
            if (kind is 0 or 2 || random.Chance(0.1))
            {
                options.ShrinkFactor = random.Between(1, 3);
            }

            if (kind is 1 or 2 || random.Chance(0.1))
            {
                options.ZoomFactor = random.Between(1, 3);
            }

            if (kind > 2 || random.Chance(0.1))
            {
                (options.Height, options.Width) = (random.Between(1, 12), random.Between(1, 12));
            }
        }

        random.Maybe(() => options.PadBeg = -random.Between(0, 2));
        random.Maybe(() => options.PadEnd = -random.Between(0, 2));
        int least = 1 - options.PadBeg - options.PadEnd;
        var bottoms = new List<ReferenceBottom> { new(Shape(), Fillings.Uniform()) { LaterShape = random.Chance(0.3) ? Shape() : null } };
        if (options.UseBlobSize)
        {
            bottoms.Add(new ReferenceBottom(random.Shape(4, 1, 9), Fillings.Uniform()) { LaterShape = random.Shape(4, 1, 9) });
        }

        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, InterpParam = options },
            Bottoms = bottoms,
            Passes = random.Between(1, 2),
        };

        int[] Shape() =>
        [
            random.Between(1, 3), random.Between(1, random.Pick(3, 20)), least + random.Between(0, 8), least + random.Between(0, 8),
        ];
    }

    private static int Resized(InterpParameter options, int size, int given)
    {
        bool isSingle = options.HasShrinkFactor != options.HasZoomFactor;
        if (!isSingle && options.HasHeight)
        {
            return given;
        }

        int shrunk = options.HasShrinkFactor ? ((size - 1) / options.ShrinkFactor) + 1 : size;
        return options.HasZoomFactor ? shrunk + ((shrunk - 1) * (options.ZoomFactor - 1)) : shrunk;
    }
}
