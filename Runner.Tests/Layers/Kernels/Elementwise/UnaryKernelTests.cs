using Cnn.Layers;
using Cnn.Layers.Activations;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Layers.Kernels.Elementwise;

/// <summary>
/// Every activation: a value's result is a function of the value, not of its position or its neighbours.
/// </summary>
[Trait("Category", "Kernel")]
public unsafe class UnaryKernelTests
{
    public static TheoryData<string> Operations => [.. Cases.Keys];

    private static readonly Dictionary<string, ICase> Cases = new()
    {
        ["AbsVal"] = new Case<AbsValLayer.Magnitude>(default),
        ["BNLL"] = new Case<BNLLLayer.Softplus>(default),
        ["Clip"] = new Case<ClipLayer.Bounds>(new(-0.5f, 1)),
        ["ELU"] = new Case<ELULayer.Unit>(new(1.5f)),
        ["ELU, alpha below 0"] = new Case<ELULayer.Unit>(new(-0.5f)),
        ["Exp"] = new Case<ExpLayer.Exponential>(new(0.7f, 1.3f)),
        ["HardSigmoid"] = new Case<HardSigmoidLayer.Ramp>(new(0.2f, 0.5f)),
        ["HardSwish"] = new Case<HardSwishLayer.Gate>(default),
        ["Log"] = new Case<LogLayer.Logarithm>(new(1.4f, 0.5f, 3)),
        ["Mish"] = new Case<MishLayer.Gate>(default),
        ["Power 0"] = new Case<PowerLayer.Raise>(new(0, 2, 1)),
        ["Power 1"] = new Case<PowerLayer.Raise>(new(1, 2, 1)),
        ["Power 2"] = new Case<PowerLayer.Raise>(new(2, 2, 1)),
        ["Power 3"] = new Case<PowerLayer.Raise>(new(3, 2, 0)),
        ["Power 0.5"] = new Case<PowerLayer.Raise>(new(0.5f, 1, 4)),
        ["Power -1.7"] = new Case<PowerLayer.Raise>(new(-1.7f, 1, 4)),
        ["ReLU"] = new Case<ReLULayer.Rectifier>(new(0)),
        ["ReLU, limited"] = new Case<LimitedRectifier>(new(0.1f, -0.1f, 1.5f, false, true)),
        ["ReLU, limited in place"] = new Case<LimitedRectifier>(new(0.1f, float.NegativeInfinity, 2, true, false)),
        ["ReLU, leaky"] = new Case<ReLULayer.Rectifier>(new(0.1f)),
        ["ScaledTanH"] = new Case<ScaledTanHLayer.Stretched>(new(1.7159f, 2f / 3)),
        ["SeLU"] = new Case<SeLULayer.Unit>(new(1.05f, 1.67f)),
        ["SeLU, lambda below 0"] = new Case<SeLULayer.Unit>(new(-1.05f, 1.67f)),
        ["Sigmoid"] = new Case<SigmoidLayer.Logistic>(default),
        ["Swish"] = new Case<SwishLayer.Gate>(new(1.1f)),
        ["TanH"] = new Case<TanHLayer.Tangent>(default),
        ["Threshold"] = new Case<ThresholdLayer.Stair>(new(0.25f)),
    };

    private interface ICase
    {
        void Forward(float* x, float* y, int count, WorkerPool pool);

        void Backward(float* x, float* y, float* dy, float* dx, int count, WorkerPool pool);

        (float Y, float Dx) Specified(float x, float dy);
    }

    [Fact]
    public void EveryOperationIsTested()
    {
        IEnumerable<Type> operations = typeof(IUnaryOperation).Assembly.GetTypes()
            .Where(type => type.IsValueType && typeof(IUnaryOperation).IsAssignableFrom(type));
        Assert.Empty(operations.Except(Cases.Values.Select(each => each.GetType().GetGenericArguments()[0])));
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void AValueIsTheSameWhereverItStands(string operation)
    {
        ICase it = Cases[operation];
        using var pool = new WorkerPool(1);
        float[] values = PlaceTest.Values;
        AlignedBuffer x = new(71), y = new(71), dy = new(71), dx = new(71);
        var alone = new (float Y, float Dx)[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            (x.Span[0], dy.Span[0]) = (values[i], values[^(i + 1)]);
            it.Forward(x.Pointer, y.Pointer, 1, pool);
            it.Backward(x.Pointer, y.Pointer, dy.Pointer, dx.Pointer, 1, pool);
            alone[i] = (y.Span[0], dx.Span[0]);
        }

        for (int length = 1; length <= 70; length++)
        {
            for (int i = 0; i < length; i++)
            {
                int which = ((i * 7) + length) % values.Length;
                (x.Span[i], dy.Span[i]) = (values[which], values[^(which + 1)]);
            }

            (y.Span[length], dx.Span[length]) = (Numbers.Guard, Numbers.Guard);
            it.Forward(x.Pointer, y.Pointer, length, pool);
            it.Backward(x.Pointer, y.Pointer, dy.Pointer, dx.Pointer, length, pool);
            Assert.Equal((Numbers.Guard, Numbers.Guard), (y.Span[length], dx.Span[length]));
            for (int i = 0; i < length; i++)
            {
                (float expectedY, float expectedDx) = alone[((i * 7) + length) % values.Length];
                string place = $"{x.Span[i]:R} at {i} of {length}";
                PlaceTest.AssertSame(expectedY, y.Span[i], $"y of {place}");
                PlaceTest.AssertSame(expectedDx, dx.Span[i], $"dx of {place}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void TheVectorFormIsTheScalarOne(string operation)
    {
        ICase it = Cases[operation];
        using var pool = new WorkerPool(1);
        const int Count = 400;
        AlignedBuffer x = new(Count), y = new(Count), dy = Numbers.Random(Count, 3), dx = new(Count);
        for (int i = 0; i < Count; i++)
        {
            x.Span[i] = (i - 200.5f) / 70;
        }

        it.Forward(x.Pointer, y.Pointer, Count, pool);
        it.Backward(x.Pointer, y.Pointer, dy.Pointer, dx.Pointer, Count, pool);
        for (int i = 0; i < Count; i++)
        {
            (float expectedY, float expectedDx) = it.Specified(x.Span[i], dy.Span[i]);
            Assert.Equal(expectedY, y.Span[i], 1e-6 * (1 + Math.Abs(expectedY)));
            Assert.Equal(expectedDx, dx.Span[i], 2e-6 * (1 + Math.Abs(expectedDx)));
        }
    }

    private sealed class Case<T>(T operation) : ICase
        where T : struct, IUnaryOperation
    {
        public void Forward(float* x, float* y, int count, WorkerPool pool) =>
            UnaryKernel.Forward(operation, x, y, count, pool);

        public void Backward(float* x, float* y, float* dy, float* dx, int count, WorkerPool pool) =>
            UnaryKernel.Backward(operation, x, y, dy, dx, count, pool);

        public (float Y, float Dx) Specified(float x, float dy)
        {
            float y = operation.Forward(x);
            return (y, operation.Backward(x, y, dy));
        }
    }
}
