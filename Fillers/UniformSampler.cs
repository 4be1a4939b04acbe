using MathNet.Numerics.Distributions;

namespace Cnn.Fillers;

/// <summary>The uniform distribution between two bounds.</summary>
internal readonly record struct UniformSampler(double Lower, double Upper) : ISampler
{
    public double One(PhiloxRandom random) => ContinuousUniform.Sample(random, Lower, Upper);

    public void Many(PhiloxRandom random, double[] values) => ContinuousUniform.Samples(random, values, Lower, Upper);
}
