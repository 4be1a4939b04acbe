using Cnn.Layers;
using Cnn.Layers.Kernels.Recurrent;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Layers.Kernels.Recurrent;

/// <summary>The result of a step for a cell does not depend on the cell's position in its stream.</summary>
[Trait("Category", "Kernel")]
public sealed unsafe class RecurrentPlaceTests : IDisposable
{
    private readonly WorkerPool pool = new(1);
    private readonly AlignedBuffer gates = new(288);
    private readonly AlignedBuffer diffs = new(288);
    private readonly AlignedBuffer cell = new(72);
    private readonly AlignedBuffer hidden = new(72);
    private readonly AlignedBuffer other = new(72);

    public void Dispose() => pool.Dispose();

    [Fact]
    public void ASimpleStepIsTheSameEverywhere()
    {
        PlaceTest.AssertEach(1, (x, y, count) =>
        {
            Copy(x[0], y, count);
            TanhKernel.Forward(
                new TanhStep { Streams = 1, Size = count, Hidden = y, NextHidden = hidden.Pointer }, pool);
        });
        PlaceTest.AssertEach(2, (x, y, count) => TanhKernel.Backward(
            new TanhStep { Streams = 1, Size = count, Hidden = x[0], HiddenDiff = x[1], SumsDiff = y }, pool));
    }

    [Fact]
    public void AnLstmStepIsTheSameEverywhere()
    {
        PlaceTest.AssertEach(5, (x, y, count) => Forward(x, y, count));
        for (int gate = 0; gate < 4; gate++)
        {
            PlaceTest.AssertEach(6, (x, y, count) =>
            {
                float marker = 1;
                Forward(x, hidden.Pointer, count);
                var step = new LstmStep
                {
                    Streams = 1, Size = count, Gates = gates.Pointer, PreviousCell = x[4], Cell = cell.Pointer,
                    Markers = &marker, HiddenDiff = x[5], CellDiff = x[0], PreviousCellDiff = other.Pointer,
                    SumsDiff = diffs.Pointer,
                };
                LstmKernel.Backward(step, pool);
                Copy(diffs.Pointer + (gate * count), y, count);
            });
        }
    }

    private static void Copy(float* from, float* to, int count) =>
        new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, count));

    private void Forward(float*[] x, float* to, int count)
    {
        float marker = 1;
        for (int gate = 0; gate < 4; gate++)
        {
            Copy(x[gate], gates.Pointer + (gate * count), count);
        }

        var step = new LstmStep
        {
            Streams = 1, Size = count, Sums = gates.Pointer, Gates = gates.Pointer, PreviousCell = x[4],
            Cell = cell.Pointer, Markers = &marker, Hidden = to,
        };
        LstmKernel.Forward(step, pool);
    }
}
