using MathNet.Numerics.Distributions;

namespace Cnn.Fillers;

/// <summary>The normal distribution. Drawing many values at once uses both numbers of each generated pair.</summary>
internal readonly record struct NormalSampler(double Mean, double Deviation) : ISampler
{
    public double One(PhiloxRandom random) => Normal.Sample(random, Mean, Deviation);

    public void Many(PhiloxRandom random, double[] values) => Normal.Samples(random, values, Mean, Deviation);
}
