// Numbers drawn at random, the same for the same seed.
#pragma once
#include <random>

namespace gantry::durability {

class Draws {
  public:
    explicit Draws(unsigned seed) : random_(seed) {}
    unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }
    bool one_in(unsigned so_many) { return below(so_many) == 0; }
    template <class List>
    auto& any(List& list) {
        return list[below(static_cast<unsigned>(list.size()))];
    }
    // By their weights.
    template <class Weights>
    int weighed(const Weights& weights) {
        std::discrete_distribution<int> draw(weights.begin(), weights.end());
        return draw(random_);
    }

  private:
    std::mt19937_64 random_;
};

}  // namespace gantry::durability
