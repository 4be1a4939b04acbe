using Cnn.Proto;

namespace Cnn.Layers.Recurrent;

/// <summary>
/// The sizes of a recurrent layer: read from its bottoms at set-up, and checked against them afterwards.
/// </summary>
internal sealed class RecurrentShape
{
    private readonly LayerContext context;
    private readonly int gates;

    /// <summary>Reads the sizes.</summary>
    /// <exception cref="CnnException">They are impossible or do not fit each other.</exception>
    public RecurrentShape(
        LayerContext context, RecurrentParameter options, IReadOnlyList<Blob> bottoms, int hiddenBlobs, int gates)
    {
        (this.context, this.gates) = (context, gates);
        HasStatic = bottoms.Count > 2 + (options.ExposeHidden ? hiddenBlobs : 0);
        Require(bottoms[0].AxisCount >= 3, bottoms, 0, "expected [T, N, ...] with three axes or more");
        Steps = bottoms[0].Dim(0);
        Inputs = CountFrom(bottoms[0], 2);
        Require(Steps > 0 && Inputs > 0, bottoms, 0, "it needs one time step and one value a step or more");
        if (HasStatic)
        {
            Require(bottoms[2].AxisCount >= 2, bottoms, 2, "the static input is [N, ...] with two axes or more");
            StaticInputs = CountFrom(bottoms[2], 1);
            Require(StaticInputs > 0, bottoms, 2, "the static input needs one value a stream or more");
        }

        Size = SizeField.Check(
            context, options, RecurrentParameter.NumOutputFieldNumber, "num_output", options.NumOutput);
        long widest = Math.Max(Size, Math.Max(Inputs, StaticInputs));
        if (gates * (long)Size > int.MaxValue / 4 / widest)
        {
            throw context.Error(
                options,
                RecurrentParameter.NumOutputFieldNumber,
                $"weights of {gates * (long)Size} x {widest} are too many");
        }

        Update(bottoms);
    }

    /// <summary>T: time steps of a batch; fixed.</summary>
    public int Steps { get; }

    /// <summary>N: sequences processed in parallel; may change from batch to batch.</summary>
    public int Streams { get; private set; }

    /// <summary>D: size of the output and the hidden blobs.</summary>
    public int Size { get; }

    /// <summary>Values of x per stream and step.</summary>
    public int Inputs { get; }

    /// <summary>Whether bottom 2 is a static input.</summary>
    public bool HasStatic { get; }

    /// <summary>Values of the static input per stream.</summary>
    public int StaticInputs { get; }

    /// <summary>The first bottom that is an initial hidden blob.</summary>
    public int FirstHidden => HasStatic ? 3 : 2;

    /// <summary>Takes N from the bottoms and checks everything else against the sizes at set-up.</summary>
    /// <exception cref="CnnException">A bottom does not fit.</exception>
    public void Update(IReadOnlyList<Blob> bottoms)
    {
        Blob x = bottoms[0];
        if (x.AxisCount < 3 || x.Dim(0) != Steps || CountFrom(x, 2) != Inputs)
        {
            Require(false, bottoms, 0, $"it was set up for {Steps} time steps of {Inputs} values; only N may change");
        }

        Streams = x.Dim(1);
        if (bottoms[1].AxisCount != 2 || bottoms[1].Dim(0) != Steps || bottoms[1].Dim(1) != Streams)
        {
            Require(false, bottoms, 1, $"the sequence markers are [T, N], for this x {Steps} {Streams}");
        }

        if (HasStatic
            && (bottoms[2].AxisCount < 2 || bottoms[2].Dim(0) != Streams || CountFrom(bottoms[2], 1) != StaticInputs))
        {
            Require(
                false,
                bottoms,
                2,
                $"the static input is [N, ...] with {StaticInputs} values for each of {Streams} streams");
        }

        for (int i = FirstHidden; i < bottoms.Count; i++)
        {
            Blob hidden = bottoms[i];
            if (hidden.AxisCount != 3 || hidden.Dim(0) != 1 || hidden.Dim(1) != Streams || hidden.Dim(2) != Size)
            {
                Require(false, bottoms, i, $"an initial hidden blob is [1, N, num_output], here 1 {Streams} {Size}");
            }
        }

        if ((long)Steps * Streams * gates * Size > int.MaxValue / 2)
        {
            Require(false, bottoms, 0, $"{Steps} x {Streams} x {gates} x {Size} gate values are too many");
        }
    }

    // In a blob without streams the product of the other dimensions may exceed 32 bits; it is capped, and the size
    // checks refuse the cap.
    private static int CountFrom(Blob blob, int axis)
    {
        long count = 1;
        for (int i = axis; i < blob.AxisCount; i++)
        {
            count = Math.Min(count * blob.Dim(i), int.MaxValue);
        }

        return (int)count;
    }

    private void Require(bool holds, IReadOnlyList<Blob> bottoms, int bottom, string hint)
    {
        if (!holds)
        {
            throw context.Error(
                $"bottom {bottom} '{context.Parameter.Bottom[bottom]}' has shape {bottoms[bottom].ShapeText}", hint);
        }
    }
}
