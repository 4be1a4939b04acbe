using Cnn.Engine.Runs;
using CsCheck;

namespace Cnn.Tests.Engine.Runs;

[Trait("Category", "Unit")]
public class RunCurveTests
{
    [Fact]
    public void ThinningLosesNoPeak() => Gen.Select(
        Gen.Double[-1000, 1000].Array[1, 9000], Gen.Int[1, 50]).Sample(
        (values, step) =>
        {
            var curve = new RunCurve("c");
            for (int i = 0; i < values.Length; i++)
            {
                curve.Add((long)i * step, values[i]);
            }

            RunPoint[] points = [.. curve.Points];
            Assert.Equal(values.Length, curve.Count);
            Assert.InRange(points.Length, 1, 4 * RunCurve.Capacity);
            Assert.All(points, p => Assert.Equal(values[p.Iteration / step], p.Value));
            Assert.Equal(points.OrderBy(p => p.Iteration), points);
            Assert.Equal((values.Min(), values.Max()), (points.Min(p => p.Value), points.Max(p => p.Value)));
            Assert.Equal(Array.IndexOf(values, values.Min()) * (long)step, curve.Least!.Value.Iteration);
            Assert.Equal(Array.IndexOf(values, values.Max()) * (long)step, curve.Greatest!.Value.Iteration);
            Assert.Equal((0L, (values.Length - 1L) * step), (points[0].Iteration, points[^1].Iteration));
            return true;
        },
        iter: 200);

    [Fact]
    public void RemovingLeavesWhatComesBefore() => Gen.Select(
        Gen.Double[-10, 10].Array[1, 5000], Gen.Int[0, 5000], Gen.Double[-10, 10].Array[0, 3000]).Sample(
        (values, cut, more) =>
        {
            var curve = new RunCurve("c");
            for (int i = 0; i < values.Length; i++)
            {
                curve.Add(i, values[i]);
            }

            curve.RemoveFrom(cut);
            Assert.All(curve.Points, p => Assert.True(p.Iteration < cut && p.Value == values[p.Iteration]));
            Assert.Equal(Math.Min(cut, values.Length) > 0, curve.Last is not null);
            for (int i = 0; i < more.Length; i++)
            {
                curve.Add(cut + i, more[i]);
            }

            RunPoint[] points = [.. curve.Points];
            Assert.InRange(points.Length, 0, 4 * RunCurve.Capacity);
            Assert.Equal(points.OrderBy(p => p.Iteration), points);
            Assert.All(
                points, p => Assert.Equal(p.Iteration < cut ? values[p.Iteration] : more[p.Iteration - cut], p.Value));
            return true;
        },
        iter: 200);

    [Fact]
    public void AMillionValuesTakeBoundedMemoryAndKeepASinglePeak()
    {
        var curve = new RunCurve("c");
        for (int i = 0; i < 1_000_000; i++)
        {
            curve.Add(i, i == 654_321 ? 100 : i % 7);
        }

        Assert.Equal(1_000_000, curve.Count);
        Assert.InRange(curve.Points.Count(), RunCurve.Capacity, 4 * RunCurve.Capacity);
        Assert.Equal(new RunPoint(654_321, 100), curve.Greatest);
        Assert.Contains(new RunPoint(654_321, 100), curve.Points);
        Assert.Equal(999_999, curve.Last!.Value.Iteration);
    }

    [Fact]
    public void WhatIsNotFiniteIsNoPeak()
    {
        var curve = new RunCurve("c");
        curve.Add(0, double.NaN);
        curve.Add(1, 5);
        curve.Add(2, double.PositiveInfinity);

        Assert.Equal((new RunPoint(1, 5), new RunPoint(1, 5)), (curve.Least, curve.Greatest));
        Assert.Equal(3, curve.Points.Count());
    }

    [Fact]
    public void ARepeatedIterationReplacesWhatFollows()
    {
        var curve = new RunCurve("c");
        for (int i = 0; i < 10; i++)
        {
            curve.Add(i, i);
        }

        curve.Add(4, -1);

        Assert.Equal([0, 1, 2, 3, -1], curve.Points.Select(p => p.Value));
        Assert.Equal((5L, 3.0), (curve.Count, curve.Greatest!.Value.Value));
    }
}
