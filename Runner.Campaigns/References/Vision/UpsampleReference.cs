using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Vision;

/// <summary>Repeats pixels, or puts each value at the place that a second bottom holds, where the last of several stays.</summary>
[Reference("Upsample")]
internal sealed class UpsampleReference : IReferenceLayer, IReferenceCases, IReferenceGradient
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        UpsampleParameter options = call.Layer.UpsampleParam;
        ReferenceBlob x = call.Bottoms[0];
        if (call.Bottoms.Count == 1)
        {
            Repeat(x, options.HasScale ? (int)options.Scale : 1, call);
            return;
        }

        (int height, int width) = Sizes(options, x.Shape);
        ReferenceBlob y = call.Top(0, x.Shape[0], x.Shape[1], height, width);
        for (int i = 0; i < x.Count; i++)
        {
            y.Data[(i / x.CountOf(2) * height * width) + (int)call.Bottoms[1].Data[i]] = x.Data[i];
        }
    }

    /// <summary>Each value gets the gradient at its place, those that are overwritten too.</summary>
    public bool HasOwnGradient(ReferenceCall call) => call.Bottoms.Count > 1;

    /// <inheritdoc/>
    public void Backward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0];
        for (int i = 0; i < x.Count; i++)
        {
            call.BottomDiffs[0].Data[i] =
                call.TopDiffs[0].Data[(i / x.CountOf(2) * call.TopDiffs[0].CountOf(2)) + (int)call.Bottoms[1].Data[i]];
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var options = new UpsampleParameter();
        int[] shape = [random.Between(1, 3), random.Between(1, 5), random.Between(2, 5), random.Between(2, 5)];
        var bottoms = new List<ReferenceBottom> { new(shape, Fillings.Uniform()) };
        if (random.Chance(0.4))
        {
            random.Maybe(() => options.Scale = (uint)random.Between(1, 4));
        }
        else
        {
            Places(random, options);
            (int height, int width) = Sizes(options, shape);
            bottoms.Add(new ReferenceBottom(shape, Fillings.Below(height * width)) { HasGradient = false });
        }

        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, UpsampleParam = options },
            Bottoms = bottoms,
            Passes = random.Between(1, 2),
        };
    }

    /// <summary>Repeats each pixel in rows and columns.</summary>
    public static void Repeat(ReferenceBlob x, int scale, ReferenceCall call)
    {
        ReferenceBlob y = call.Top(0, x.Shape[0], x.Shape[1], x.Shape[2] * scale, x.Shape[3] * scale);
        foreach (int[] at in Positions.Of(y.Shape))
        {
            y[at] = x[at[0], at[1], at[2] / scale, at[3] / scale];
        }
    }

    private static void Places(PhiloxRandom random, UpsampleParameter options)
    {
        switch (random.Between(0, 3))
        {
            case 0:
                (options.UpsampleH, options.UpsampleW) = ((uint)random.Between(2, 12), (uint)random.Between(2, 12));
                random.Maybe(() => options.Scale = 3);
                break;
            case 1:
                (options.ScaleH, options.ScaleW) = ((uint)random.Between(2, 4), (uint)random.Between(2, 4));
                Cut(options.ScaleH == 2, options.ScaleW == 2);
                break;
            case 2:
                options.Scale = (uint)random.Between(2, 4);
                Cut(options.Scale == 2, options.Scale == 2);
                break;
            default:
                Cut(true, true);
                break;
        }

        void Cut(bool rows, bool columns)
        {
            options.PadOutH = rows && random.Chance(0.4);
            options.PadOutW = columns && random.Chance(0.4);
        }
    }

    private static (int Height, int Width) Sizes(UpsampleParameter options, int[] shape)
    {
        if (options.HasUpsampleH)
        {
            return ((int)options.UpsampleH, (int)options.UpsampleW);
        }

        int scale = options.HasScale ? (int)options.Scale : 2;
        int down = options.HasScaleH ? (int)options.ScaleH : scale, across = options.HasScaleH ? (int)options.ScaleW : scale;
        return ((shape[2] * down) - (options.PadOutH ? 1 : 0), (shape[3] * across) - (options.PadOutW ? 1 : 0));
    }
}
