using MathNet.Numerics.LinearAlgebra;

namespace Cnn.Campaigns.SolverRules;

/// <summary>
/// A vector in double precision with a bound, to first order, on how far the same operations in single precision are
/// from it: each operation passes on the errors of its operands and adds half a unit in the last place of its result
/// (the running error analysis of Wilkinson; Higham, "Accuracy and stability of numerical algorithms", section 3.3).
/// </summary>
/// <param name="Value">The values.</param>
/// <param name="Error">The bounds, 0 or more.</param>
internal sealed record RoundedVector(Vector<double> Value, Vector<double> Error)
{
    /// <summary>Half the distance from 1 to the next number of single precision.</summary>
    public const double Unit = 1.0 / (1 << 24);

    /// <summary>Returns values that are the same in both precisions.</summary>
    public static RoundedVector Exact(IEnumerable<double> values)
    {
        var value = Vector<double>.Build.DenseOfEnumerable(values);
        return new RoundedVector(value, Vector<double>.Build.Dense(value.Count));
    }

    /// <summary>Returns zeros.</summary>
    public static RoundedVector Zero(int count) => Exact(new double[count]);

    /// <summary>Adds.</summary>
    public static RoundedVector operator +(RoundedVector a, RoundedVector b) =>
        Round(a.Value + b.Value, a.Error + b.Error);

    /// <summary>Subtracts.</summary>
    public static RoundedVector operator -(RoundedVector a, RoundedVector b) =>
        Round(a.Value - b.Value, a.Error + b.Error);

    /// <summary>Multiplies value by value.</summary>
    public static RoundedVector operator *(RoundedVector a, RoundedVector b) => Round(
        a.Value.PointwiseMultiply(b.Value),
        a.Value.PointwiseAbs().PointwiseMultiply(b.Error) + b.Value.PointwiseAbs().PointwiseMultiply(a.Error));

    /// <summary>Divides value by value.</summary>
    public static RoundedVector operator /(RoundedVector a, RoundedVector b)
    {
        Vector<double> quotient = a.Value.PointwiseDivide(b.Value), size = b.Value.PointwiseAbs();
        return Round(
            quotient,
            (a.Error + quotient.PointwiseAbs().PointwiseMultiply(b.Error)).PointwiseDivide(size));
    }

    /// <summary>Multiplies by a number that is itself rounded.</summary>
    public static RoundedVector operator *(RoundedVector a, double factor)
    {
        Vector<double> value = a.Value * factor;
        return Round(value, (a.Error * Math.Abs(factor)) + (value.PointwiseAbs() * Unit));
    }

    /// <summary>Adds a number.</summary>
    public static RoundedVector operator +(RoundedVector a, double summand) => Round(a.Value + summand, a.Error);

    /// <summary>Returns the square roots of values that are 0 or more.</summary>
    public RoundedVector Sqrt()
    {
        Vector<double> root = Value.PointwiseSqrt();
        return Round(root, Vector<double>.Build.Dense(Value.Count, i => Math.Min(
            Math.Sqrt(Error[i]), root[i] > 0 ? Error[i] / (2 * root[i]) : double.MaxValue)));
    }

    /// <summary>Returns the signs, which are unsure where the value may have either.</summary>
    public RoundedVector Sign() => new(
        Value.PointwiseSign(), Vector<double>.Build.Dense(Value.Count, i => Math.Abs(Value[i]) <= Error[i] ? 2 : 0));

    /// <summary>Returns the vector with larger bounds: by a share of the values.</summary>
    public RoundedVector WithError(double share) => this with { Error = Error + (Value.PointwiseAbs() * share) };

    private static RoundedVector Round(Vector<double> value, Vector<double> error) =>
        new(value, error + (value.PointwiseAbs() * Unit));
}
